/**
 * The scripts that change state. KEYS[1] is the partition's cursor, a hash of epoch, owner, offset, timeMs; every key of a
 * call has the partition's hash tag, so a cluster runs it on one node.
 */

/**
 * KEYS: one of its own, absent. What claim and commit do, done once at the start and undone: a right that the user lacks would else be found
 * half way through a commit, and Redis does not take back what a script has written before its error.
 */
export const rightsScript = `
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'a', '1')
redis.call('HGET', KEYS[1], 'a')
redis.call('HDEL', KEYS[1], 'a')
redis.call('UNLINK', KEYS[1])
redis.call('SADD', KEYS[1], 'a')
redis.call('SREM', KEYS[1], 'a')
redis.call('EXISTS', KEYS[1])
redis.call('UNLINK', KEYS[1])
redis.call('RPUSH', KEYS[1], 'a')
redis.call('LLEN', KEYS[1])
redis.call('LRANGE', KEYS[1], 0, -1)
redis.call('EXPIRE', KEYS[1], 60)
redis.call('UNLINK', KEYS[1])
return 'fine'
`;

/** KEYS: cursor. ARGV: owner. → [epoch, offset or nil]. A number alone would come again after the store was emptied: hence the owner. */
export const claimScript = `
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
return {epoch, redis.call('HGET', KEYS[1], 'offset')}
`;

/** Before anything is written: is the claim still ours, and is what the changes build on there? */
const guard = `
local owner = redis.call('HGET', KEYS[1], 'owner')
if not owner then return 'lost' end
if owner ~= ARGV[1] then return 'fenced' end
local known = redis.call('HGET', KEYS[1], 'offset')
if known and tonumber(ARGV[2]) < tonumber(known) then return 'committed' end
if ARGV[3] ~= '-' and known ~= ARGV[2] and (known or '') ~= ARGV[3] then return 'lost' end
`;

/**
 * Writes the hosts of KEYS[first] on from `values`, which begin at `at`: for each host id, clear (0/1), number of puts, (field, value)…,
 * number of deletes, field…  Lua hands over at most some thousand arguments in one call.
 */
const apply = `
redis.call('HSET', KEYS[1], 'offset', ARGV[2], 'timeMs', ARGV[4])
for k = first, #KEYS do
  local key, id, clear = KEYS[k], values[at], values[at + 1]
  if clear == '1' then redis.call('UNLINK', key) end
  local puts = tonumber(values[at + 2])
  at = at + 3
  local last = at + 2 * puts
  while at < last do
    local to = math.min(at + 1000, last)
    redis.call('HSET', key, unpack(values, at, to - 1))
    at = to
  end
  local deletes = tonumber(values[at])
  at = at + 1
  last = at + deletes
  while at < last do
    local to = math.min(at + 1000, last)
    redis.call('HDEL', key, unpack(values, at, to - 1))
    at = to
  end
  if redis.call('EXISTS', key) == 1 then redis.call('SADD', KEYS[2], id) else redis.call('SREM', KEYS[2], id) end
end
`;

/**
 * KEYS: cursor, set of hosts, host…  ARGV: owner, offset, after ('' = none before, '-' = not checked), timeMs, values…
 * → 'committed', 'fenced' or 'lost'.
 */
export const commitScript = `${guard}
local values, at, first = ARGV, 5, 3
${apply}
return 'committed'
`;

/** KEYS: staged. ARGV: how many values are staged before, values…  → 'staged', or 'lost' when they are not. Repeating it changes nothing. */
export const stageScript = `
local length, before = redis.call('LLEN', KEYS[1]), tonumber(ARGV[1])
if length < before then return 'lost' end
if length >= before + #ARGV - 1 then return 'staged' end
local at = 2
while at <= #ARGV do
  local to = math.min(at + 1000, #ARGV + 1)
  redis.call('RPUSH', KEYS[1], unpack(ARGV, at, to - 1))
  at = to
end
redis.call('EXPIRE', KEYS[1], 3600)
return 'staged'
`;

/** As the commit, with the values from what was staged. KEYS: cursor, set of hosts, staged, host…  ARGV: owner, offset, after, timeMs, number of values. */
export const commitStagedScript = `${guard}
if redis.call('LLEN', KEYS[3]) ~= tonumber(ARGV[5]) then
  if known == ARGV[2] then return 'committed' end
  return 'lost'
end
local values, at, first = redis.call('LRANGE', KEYS[3], 0, -1), 1, 4
${apply}
redis.call('UNLINK', KEYS[3])
return 'committed'
`;

/**
 * KEYS: host. → one string: for each field its length and itself, its value's length and itself (lengths 4 bytes, big-endian). Read so, a host costs
 * our process a fraction of what a reply of many strings does.
 */
export const loadScript = `
local all = redis.call('HGETALL', KEYS[1])
local parts = {}
for i = 1, #all do
  parts[2 * i - 1] = struct.pack('>I4', #all[i])
  parts[2 * i] = all[i]
end
return table.concat(parts)
`;

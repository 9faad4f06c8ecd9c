/**
 * Which consumer of a group gets which partitions: everyone keeps what it has as far as the shares are equal (they differ by one
 * at most), so that a consumer that comes or goes moves only the partitions that must move. kafkajs' own round robin deals all partitions anew
 * and nearly all change hands.
 *
 * A partition moves in two rebalances, as in Kafka's cooperative protocol (KIP-429): in the first its holder loses it and nobody gets it; the
 * holder finishes what it read and joins again; in the second the other gets it. Each member tells in its join what it holds, and
 * as whom: a member that the group had forgotten has another id now, and what it held may be somebody's.
 */
import type { PartitionAssigner } from 'kafkajs';
import { LogUnavailableError } from '../log.ts';
import { AssignerProtocol } from './kafkajs.ts';

const name = 'lanner-sticky';
const version = 1;
const { MemberMetadata, MemberAssignment } = AssignerProtocol;

export type Member = {
	readonly memberId: string;
	/** Partitions it holds now, or has not finished yet. */
	readonly held: readonly number[];
	/** The group forgot it since it was given them: it would like to keep them, no more. */
	readonly isStale: boolean;
};

/** What a member holds, and the member id under which it was given that; null = it was given nothing yet. */
export type Holding = { readonly as: string | null; readonly held: readonly number[] };

/** The shares of now: without what another member has to finish first. */
export function assignable(members: readonly Member[], partitions: readonly number[]): Map<string, number[]> {
	const holders = new Map<number, string>();
	for (const { memberId, held, isStale } of members)
		if (!isStale) for (const partition of held) holders.set(partition, memberId);
	return new Map(
		[...share(members, partitions)].map(([memberId, own]) => [
			memberId,
			own.filter((partition) => (holders.get(partition) ?? memberId) === memberId),
		]),
	);
}

/** Same members and partitions give the same answer in any order of members. */
export function share(members: readonly Member[], partitions: readonly number[]): Map<string, number[]> {
	const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
	const least = Math.floor(partitions.length / sorted.length);
	let withOneMore = partitions.length % sorted.length;
	const free = new Set(partitions);
	const shares = new Map<string, number[]>();
	// Those that hold most choose first, so that the larger shares go where they save a move; what is held for sure goes before what was.
	const choosing = [...sorted].sort(
		(a, b) => Number(a.isStale) - Number(b.isStale) || b.held.length - a.held.length,
	);
	for (const { memberId, held } of choosing) {
		const kept: number[] = [];
		for (const partition of held) {
			const room = kept.length < least || (kept.length === least && withOneMore > 0);
			if (!room || !free.delete(partition)) continue;
			kept.push(partition);
			if (kept.length > least) withOneMore--;
		}
		shares.set(memberId, kept);
	}
	const rest = [...free];
	for (const { memberId } of sorted) {
		const kept = shares.get(memberId)!;
		while (kept.length < least && rest.length > 0) kept.push(rest.shift()!);
	}
	for (const { memberId } of sorted) {
		if (rest.length > 0 && shares.get(memberId)!.length === least) shares.get(memberId)!.push(rest.shift()!);
	}
	return shares;
}

/** `holding` is asked at every join. */
export function createStickyAssigner(holding: () => Holding): PartitionAssigner {
	return ({ cluster }) => ({
		name,
		version,
		protocol: ({ topics }) => ({
			name,
			metadata: MemberMetadata.encode({ version, topics, userData: Buffer.from(JSON.stringify(holding())) }),
		}),
		assign: async ({ members, topics }) => {
			const [topic] = topics;
			if (topic === undefined) return [];
			const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
			const holders = members.map(({ memberId, memberMetadata }) => {
				const { as, held } = decodeHolding(memberMetadata);
				return { memberId, held, isStale: as !== memberId };
			});
			assertWhole(topic, partitions, holders);
			const shares = assignable(
				holders,
				partitions.sort((a, b) => a - b),
			);
			return [...shares].map(([memberId, own]) => ({
				memberId,
				memberAssignment: MemberAssignment.encode({
					version,
					assignment: { [topic]: own },
					userData: Buffer.alloc(0),
				}),
			}));
		},
	});
}

/**
 * A broker that has just come up may know no partitions yet, and dealing out none would take all of them away from everyone. Thrown, it makes
 * this member join again.
 */
function assertWhole(topic: string, partitions: readonly number[], members: readonly Member[]): void {
	const missing = members.some(({ held }) => held.some((one) => one >= 0 && !partitions.includes(one)));
	if (partitions.length === 0 || missing)
		throw new LogUnavailableError(
			`a broker told of ${partitions.length} partitions of ${topic}, and members hold others`,
		);
}

/** What another member sent: not trusted to be well formed. */
function decodeHolding(metadata: Buffer): Holding {
	try {
		const sent: unknown = JSON.parse(MemberMetadata.decode(metadata)?.userData.toString() ?? '{}');
		const { as, held } = sent as { as?: unknown; held?: unknown };
		return {
			as: typeof as === 'string' ? as : null,
			held: Array.isArray(held) ? held.filter((one): one is number => Number.isSafeInteger(one)) : [],
		};
	} catch {
		// Nothing it says it holds can be kept for it; it gets its share all the same.
		return { as: null, held: [] };
	}
}

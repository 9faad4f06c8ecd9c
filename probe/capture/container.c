/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>
#include "container.h"

#define ID_BYTES 64

static bool is_id(const char *from, size_t bytes)
{
	if (bytes < ID_BYTES)
		return false;
	for (size_t i = 0; i < ID_BYTES; i++)
		if (!((from[i] >= '0' && from[i] <= '9') || (from[i] >= 'a' && from[i] <= 'f')))
			return false;
	return true;
}

/* systemd's cgroup driver: runtime-ID.scope. cgroupfs driver: a parent that names the runtime or Kubernetes, then ID alone. */
static const char *const scopes[] = {"docker-", "cri-containerd-", "crio-", "libpod-", "nerdctl-", "containerd-"};
static const char *const parents[] = {"docker", "libpod_parent", "libpod", "crio", "containerd", "default", "k8s.io", "kubepods"};

static bool starts(const char *name, size_t bytes, const char *prefix)
{
	size_t length = strlen(prefix);

	return bytes >= length && memcmp(name, prefix, length) == 0;
}

static const char *scope_id(const char *name, size_t bytes)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		size_t prefix = strlen(scopes[i]);

		if (starts(name, bytes, scopes[i]) && is_id(name + prefix, bytes - prefix))
			return name + prefix;
	}
	/* crio-conmon-ID and libpod-conmon-ID are monitors outside the container: no match above, as "conmon-" is no hex. */
	return NULL;
}

/* Whether a directory above says that IDs below it are containers. */
static bool known_parent(const char *path, size_t bytes)
{
	size_t begin = 0;

	for (size_t at = 0; at <= bytes; at++) {
		if (at < bytes && path[at] != '/')
			continue;
		const char *name = path + begin;
		size_t length = at - begin;

		for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
			if (length == strlen(parents[i]) && memcmp(name, parents[i], length) == 0)
				return true;
		if (starts(name, length, "pod") || starts(name, length, "kubepods"))
			return true;
		begin = at + 1;
	}
	return false;
}

const char *container_id(const char *cgroup, size_t bytes, size_t *id_bytes)
{
	size_t begin = 0;
	const char *found = NULL;

	*id_bytes = ID_BYTES;
	for (size_t at = 0; at <= bytes; at++) {
		if (at < bytes && cgroup[at] != '/')
			continue;
		const char *name = cgroup + begin;
		size_t length = at - begin;
		const char *id = scope_id(name, length);

		if (!id && is_id(name, length) && length == ID_BYTES && known_parent(cgroup, begin))
			id = name;
		/* nerdctl and crictl without systemd: "…:cri-containerd:ID". */
		if (!id && length > ID_BYTES + 1 && name[length - ID_BYTES - 1] == ':' && is_id(name + length - ID_BYTES, ID_BYTES))
			id = name + length - ID_BYTES;
		if (id)
			found = id; /* the innermost: a container in a container */
		begin = at + 1;
	}
	return found;
}

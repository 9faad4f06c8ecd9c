/** The section `probe`: the agent of a host. */
import { checkKubernetes, kubernetesSection } from './kubernetes.ts';
import { choice, integer, optionalText, type RelationProblem, text, type ValueOf } from './option.ts';

const mebibyte = 1024 * 1024;

export const probeSection = {
	user: text({
		default: 'lanner',
		description: 'Account that everything but capture runs as, when started by root and when it exists.',
	}),
	dockerSocket: optionalText({
		default: '/run/docker.sock',
		path: true,
		description: 'Where Docker is asked for its containers (read only); null = they are not followed.',
	}),
	podmanSocket: optionalText({
		default: '/run/podman/podman.sock',
		path: true,
		description: 'The same for Podman (podman.socket of systemd).',
	}),
	containerdSocket: optionalText({
		default: '/run/containerd/containerd.sock',
		path: true,
		description: "The same for containerd, Kubernetes' containers among them; Docker's are left to Docker.",
	}),
	crioSocket: optionalText({
		default: '/run/crio/crio.sock',
		path: true,
		description: 'The same for CRI-O.',
	}),
	kubernetes: kubernetesSection,
	hostRoot: text({
		default: '/',
		path: true,
		description:
			"Where the host's /etc/machine-id, passwd and group are found: in a container the folder that holds them, mounted read only.",
	}),
	kernelFilter: choice(['auto', 'always', 'never'], {
		default: 'auto',
		description:
			'Leave out in the kernel what no rule can match by its values (lanner rules explain --kernel). auto = in lanner run; always = in lanner probe, too: when evaluators have the same rules.',
	}),
	compareNames: choice(['kprobes', 'tracepoints', 'off'], {
		default: 'kprobes',
		description:
			'Mark names that another thread changes while a call runs (rename, unlink, mount…): by kprobes, where the kernel has them, at no cost for other calls; by tracepoints, also where it has none, at a few nanoseconds for every call of the host (needs tracefs).',
	}),
	containerEventsPerS: integer({
		default: 0,
		min: 0,
		max: 10_000_000,
		unit: 'events per second',
		description:
			'Events that one container may make, but for those of processes (start, fork, exit, credentials…), ten times as many at once; what is too much is held back, and told when it begins and ends. 0 = no limit.',
	}),
	lingerMs: integer({
		default: 50,
		min: 1,
		max: 1000,
		unit: 'milliseconds',
		description: 'On Kafka: how long an event waits at most for others, to be sent as one record.',
	}),
	batchBytes: integer({
		default: 64 * 1024,
		min: 1024,
		max: 4 * mebibyte,
		unit: 'bytes',
		description:
			'On Kafka: a record is sent when it has so many bytes, however few milliseconds have passed.',
	}),
	spoolBytesMax: integer({
		default: 1024 * mebibyte,
		min: 64 * mebibyte,
		max: 2 ** 43,
		unit: 'bytes',
		description:
			'On Kafka: events kept on disk (dataFolder/spool) while the brokers are away; beyond, the oldest go, and a gap event says which.',
	}),
	spoolAgeMaxHours: integer({
		default: 72,
		min: 1,
		max: 87_600,
		unit: 'hours',
		description: 'Age to which events are kept there.',
	}),
	spoolSyncMs: integer({
		default: 1000,
		min: 0,
		max: 60_000,
		unit: 'milliseconds',
		description: 'At most so long after they came they are on the disk; 0 = at once.',
	}),
};

export type ProbeConfig = ValueOf<typeof probeSection>;

/** A record has some hundred bytes more than its events, and one event may be larger than what remained. */
const batchSpareBytes = 256 * 1024;

/** Paths count from the section. */
export function checkProbe(probe: ProbeConfig, kafkaBatchBytesMax: number): RelationProblem[] {
	const accepted = Math.max(kafkaBatchBytesMax - batchSpareBytes, Math.floor(kafkaBatchBytesMax / 2));
	const kubernetes = checkKubernetes(probe.kubernetes).map(({ path, message }) => ({
		path: ['kubernetes', ...path],
		message,
	}));
	if (probe.batchBytes <= accepted) return kubernetes;
	return [
		...kubernetes,
		{
			path: ['batchBytes'],
			message: `${probe.batchBytes} does not fit kafka.batchBytesMax (${kafkaBatchBytesMax}); it must be at most ${accepted}`,
		},
	];
}

/** The section `ops`: where each role answers `/metrics`, `/healthz` and `/readyz`. Without a port it does not listen. */
import { optionalInteger, type RelationProblem, text, type ValueOf } from './option.ts';

function port(role: string) {
	return optionalInteger({
		default: null,
		min: 1,
		max: 65_535,
		description: `Port of ${role}; null = it does not listen.`,
	});
}

export const opsSection = {
	host: text({
		default: '127.0.0.1',
		pattern: /^[0-9A-Za-z.:-]{1,253}$/,
		accepts: 'an address or host name',
		description:
			'Address that metrics and health are served on, without a password: loopback, or one that only your monitoring reaches.',
	}),
	runPort: port('lanner run'),
	probePort: port('lanner probe'),
	evaluatorPort: port('lanner evaluator'),
	sinkPort: port('lanner sink'),
	consolePort: port('lanner console'),
};

export type OpsConfig = ValueOf<typeof opsSection>;

/** Roles that share a host share its file: two on one port is a mistake that is better told before the second one starts. */
export function checkOps({ host: _, ...ports }: OpsConfig): RelationProblem[] {
	const given = Object.entries(ports).filter(([, value]) => value !== null);
	return given.flatMap(([name, value], i) => {
		const other = given.slice(0, i).find(([, earlier]) => earlier === value);
		return other === undefined
			? []
			: [{ path: [name], message: `is ${value} like ops.${other[0]}; each role needs its own port` }];
	});
}

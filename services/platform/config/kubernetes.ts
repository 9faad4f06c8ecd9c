/** The section `probe.kubernetes`: the API server that owners of pods are read from. */
import { optionalText, type RelationProblem, text, type ValueOf } from './option.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export const kubernetesSection = {
	url: optionalText({
		default: null,
		description:
			"API server (https) that is asked for the owners of this node's pods: Deployment, Service …; null = they are not known.",
	}),
	nodeName: optionalText({
		default: null,
		description: 'Name of this node there; only its pods are followed.',
	}),
	tokenFile: text({
		default: `${accountFolder}/token`,
		path: true,
		description: 'Token that we show; read again for every request.',
	}),
	caFile: optionalText({
		default: `${accountFolder}/ca.crt`,
		path: true,
		description: 'PEM of the authority that signed its certificate; null = those of Node.',
	}),
};

export type KubernetesConfig = ValueOf<typeof kubernetesSection>;

/** Paths count from the section. */
export function checkKubernetes({ url, nodeName }: KubernetesConfig): RelationProblem[] {
	if (url === null) return [];
	const problems: RelationProblem[] = [];
	if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
		problems.push({
			path: ['url'],
			message: `${url} is no https address: the token must not go over the network as it is (https://kubernetes.default.svc)`,
		});
	if (nodeName === null || nodeName === '')
		problems.push({
			path: ['nodeName'],
			message: 'is empty; with url the node must be named (spec.nodeName of its pods)',
		});
	return problems;
}

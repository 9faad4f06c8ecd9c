/** The Helm chart: what it renders over a matrix of values is valid, works with lanner's own configuration, and asks for no more than is needed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { type FleetRole, roleNeeds } from '#cli/roles/role-needs.ts';
import { readConfig } from '#platform/config/index.ts';
import { metricCatalogue } from '#platform/metrics-catalogue.ts';
import { chart, helm, kubeVersion, needed, noHelm, one, render, renderText, root } from './helm.ts';

const matrix = readdirSync(join(chart, 'ci')).map((name) => [name, join(chart, 'ci', name)] as const);

describe('the Helm chart', { skip: noHelm }, () => {
	for (const [name, file] of matrix)
		test(`helm lint finds nothing with ${name}`, () => {
			const { code, stdout, stderr } = helm([
				'lint',
				chart,
				'--strict',
				'--kube-version',
				kubeVersion,
				'--values',
				file,
			]);
			assert.equal(code, 0, stdout + stderr);
		});

	for (const [name, file] of matrix)
		test(`each role takes the lanner.yaml that ${name} makes for it`, () => {
			const maps = render('', ['--values', file]).filter(({ data }) => data?.['lanner.yaml'] !== undefined);
			assert.ok(maps.length > 0);
			for (const { metadata, data } of maps) {
				const role = metadata.name.slice(metadata.name.lastIndexOf('-') + 1);
				readConfig({
					file: metadata.name,
					text: data?.['lanner.yaml'] ?? '',
					env: { NODE_NAME: 'node-1' },
					readFile: (path) => {
						assert.match(path, /^\/etc\/lanner\//);
						return 'https://secret.example.com/';
					},
					...(role === 'topics' ? {} : { check: roleNeeds(role as FleetRole, { fleet: true }) }),
				});
			}
		});

	test('a file that lanner.yaml names is mounted in the pod that reads it, and no role has secrets of another', () => {
		const objects = render('', ['--values', join(chart, 'ci/secure-values.yaml')]);
		for (const [kind, role] of workloads) {
			const { pod, container } = podOf(one(objects, kind, role));
			const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
			const text = one(objects, 'ConfigMap', role).data?.['lanner.yaml'] ?? '';
			const named = [...text.matchAll(/(\/etc\/lanner\/[a-z-]+)\//g)].map(([, folder = '']) => folder);
			assert.deepEqual(
				named.filter((folder) => !mounts.includes(folder)),
				[],
				role,
			);
			const secrets = pod.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName]));
			assert.deepEqual(secrets.sort(), secretsOf[role]);
		}
	});

	test('no pod is privileged, every root file system is read only, and only the probe sees the host', () => {
		for (const [, file] of matrix)
			for (const object of render('', ['--values', file])) {
				if (!workloads.some(([kind]) => kind === object.kind)) continue;
				const { pod } = podOf(object);
				const isProbe = object.kind === 'DaemonSet';
				assert.equal(pod.hostPID ?? false, isProbe);
				assert.equal(pod.hostNetwork ?? false, false);
				assert.equal(pod.automountServiceAccountToken, false);
				assert.equal(pod.securityContext.runAsNonRoot, true);
				for (const { securityContext } of pod.containers) {
					assert.equal(securityContext.privileged, false);
					assert.equal(securityContext.readOnlyRootFilesystem, true);
					assert.deepEqual(securityContext.capabilities.drop, ['ALL']);
					assert.equal(securityContext.allowPrivilegeEscalation, isProbe);
					assert.deepEqual(securityContext.capabilities.add ?? [], isProbe ? ['BPF', 'PERFMON'] : []);
				}
				const hostPaths = pod.volumes
					.filter(({ hostPath }) => hostPath !== undefined)
					.map(({ name }) => name);
				assert.ok(isProbe || hostPaths.length === 0, object.metadata.name);
				for (const mount of pod.containers.flatMap(({ volumeMounts }) => volumeMounts))
					if (hostPaths.includes(mount.name) && mount.name !== 'data')
						assert.equal(mount.readOnly, true, mount.name);
			}
	});

	test('the probe may read of the API server what its owners of pods take, only when that is switched on', () => {
		const kinds = (values: string) => render(values).filter(({ kind }) => kind.startsWith('ClusterRole'));
		assert.deepEqual(kinds(''), []);
		const [role, binding] = kinds('probe: {kubernetes: {enabled: true}}') as unknown as [
			{ rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] },
			{ subjects: { name: string; namespace: string }[]; roleRef: { name: string } },
		];
		const granted = role.rules.flatMap(({ apiGroups, resources, verbs }) =>
			resources.map((resource) => `${apiGroups.join()}/${resource}: ${verbs.join()}`),
		);
		assert.deepEqual(granted, [
			'/pods: list,watch',
			'/services: list,watch',
			'/replicationcontrollers: get',
			'apps/replicasets: get',
			'apps/deployments: get',
			'batch/jobs: get',
		]);
		const objects = render('probe: {kubernetes: {enabled: true}}');
		const { pod, container } = podOf(one(objects, 'DaemonSet', 'probe'));
		assert.equal(binding.subjects[0]?.name, one(objects, 'ServiceAccount', 'probe').metadata.name);
		assert.ok(container.volumeMounts.some(({ name, readOnly }) => name === 'api-token' && readOnly === true));
		assert.ok(
			!pod.initContainers?.some(({ volumeMounts }) => volumeMounts.some(({ name }) => name === 'api-token')),
		);
		const config = parse(one(objects, 'ConfigMap', 'probe').data?.['lanner.yaml'] ?? '') as {
			probe: { kubernetes: object };
		};
		assert.deepEqual(config.probe.kubernetes, {
			url: 'https://kubernetes.default.svc',
			// biome-ignore lint/suspicious/noTemplateCurlyInString: lanner.yaml's own.
			nodeName: '${env:NODE_NAME}',
		});
	});

	test('the init container gives the folder away, and can do nothing else', () => {
		const { pod } = podOf(one(render(), 'DaemonSet', 'probe'));
		const [init] = pod.initContainers ?? [];
		assert.deepEqual(init?.securityContext.capabilities, { drop: ['ALL'], add: ['CHOWN'] });
		assert.deepEqual(
			init?.volumeMounts.map(({ name }) => name),
			['data'],
		);
		assert.equal(
			podOf(one(render('probe: {data: {type: emptyDir}}'), 'DaemonSet', 'probe')).pod.initContainers,
			undefined,
		);
	});

	test('the scaler follows the group and topic that evaluators use, prefix included', () => {
		const object = one(
			render('', ['--values', join(chart, 'ci/secure-values.yaml')]),
			'ScaledObject',
			'evaluator',
		);
		const { triggers } = object.spec as { triggers: { metadata: Record<string, string> }[] };
		const source = readFileSync(join(root, 'services/evaluator/worker.ts'), 'utf8');
		const group = /groupDefault = '([^']+)'/.exec(source)?.[1];
		assert.equal(triggers[0]?.metadata.consumerGroup, `prod-${group}`);
		assert.equal(triggers[0]?.metadata.topic, 'prod-lanner.events');
	});

	test('the metric of the HPA exists', () => {
		const object = one(
			render('', ['--values', join(chart, 'ci/observed-values.yaml')]),
			'HorizontalPodAutoscaler',
			'evaluator',
		);
		const { metrics } = object.spec as { metrics: { pods: { metric: { name: string } } }[] };
		assert.ok(Object.hasOwn(metricCatalogue, metrics[0]?.pods.metric.name ?? ''));
	});

	test('a change of the configuration replaces pods, a change of rules does not', () => {
		const template = (values: string, kind: string, role: string): string =>
			JSON.stringify(podOf(one(render(values), kind, role)).template);
		const rules = 'rules: {files: {"99-local.yaml": "- list: a\\n  items: []\\n"}}';
		for (const [kind, role] of workloads.slice(0, 3)) {
			assert.equal(template(rules, kind, role), template('', kind, role));
			assert.notEqual(template('logging: {level: debug}', kind, role), template('', kind, role));
		}
		assert.match(one(render(rules), 'ConfigMap', 'rules').data?.['99-local.yaml'] ?? '', /- list: a/);
	});

	const refused: readonly (readonly [string, string, RegExp])[] = [
		['no brokers', 'kafka: {brokers: []}', /kafka\.brokers is empty: name the brokers/],
		['no Redis', 'redis: {addresses: []}', /redis\.addresses is empty/],
		['a broker without a port', 'kafka: {brokers: [kafka]}', /kafka\/brokers\/0/],
		['a value that does not exist', 'evaluator: {replica: 3}', /additional properties 'replica' not allowed/],
		['a level that does not exist', 'logging: {level: loud}', /logging\/level/],
		[
			'more evaluators than partitions',
			'evaluator: {autoscaling: {type: keda, maxReplicas: 13}}',
			/maxReplicas \(13\) is more than kafka\.partitions \(12\)/,
		],
		[
			'more replicas than partitions',
			'evaluator: {replicas: 13}',
			/evaluator\.replicas \(13\) is more than kafka\.partitions \(12\)/,
		],
		[
			'a password without its Secret',
			'kafka: {sasl: {mechanism: scram-sha-512, username: u}}',
			/kafka\.sasl\.existingSecret is empty/,
		],
		[
			'a console without a token',
			'console: {enabled: true}',
			/console\.existingSecret is empty: .*needs a token/,
		],
		[
			'an ingress without a name',
			'console: {enabled: true, existingSecret: t, ingress: {enabled: true}}',
			/console\.ingress\.host is empty/,
		],
	];
	test('the console is reached at its page alone, by the names that people use, and only where it is wanted', () => {
		assert.throws(() => one(render(), 'Deployment', 'console'));
		const objects = render('', ['--values', join(chart, 'ci/secure-values.yaml')]);
		const text = one(objects, 'ConfigMap', 'console').data?.['lanner.yaml'] ?? '';
		const { console } = parse(text) as { console: { host: string; hostNames: string[]; token: string } };
		const service = objects.find(
			({ kind, metadata }) => kind === 'Service' && metadata.name.endsWith('console-web'),
		);
		assert.ok(console.hostNames.includes('lanner.example.com'));
		assert.ok(console.hostNames.includes(service?.metadata.name ?? ''));
		assert.match(console.token, /^\$\{file:\/etc\/lanner\/console-token\/token\}$/);
		const ingress = one(objects, 'Ingress', 'console').spec as {
			rules: { http: { paths: { backend: { service: { name: string } } }[] } }[];
		};
		assert.equal(ingress.rules[0]?.http.paths[0]?.backend.service.name, service?.metadata.name);
		const policy = one(objects, 'NetworkPolicy', 'console').spec as {
			ingress: { ports: { port: number }[]; from: unknown[] }[];
			egress: { ports: { port: number }[] }[];
		};
		assert.deepEqual(
			policy.ingress.map(({ ports }) => ports[0]?.port),
			[9467, 9480],
		);
		assert.match(JSON.stringify(policy.ingress[1]?.from), /"ingress"/);
		assert.deepEqual(
			policy.egress.flatMap(({ ports }) => ports.map(({ port }) => port)),
			[53, 53, 9093, 26379],
		);
	});

	for (const [what, values, message] of refused)
		test(`${what}: refused`, () => {
			const broken = values.startsWith('kafka: {brokers') || values.startsWith('redis') ? [] : needed;
			const least = 'kafka: {brokers: ["k:9092"]}\nredis: {addresses: ["r:6379"]}\n';
			const section = values.slice(0, values.indexOf(':'));
			const rest = least
				.split('\n')
				.filter((line) => !line.startsWith(section))
				.join('\n');
			assert.throws(() => renderText(broken.length === 0 ? `${values}\n${rest}` : values, broken), message);
		});

	test('monitoring and dashboards are those of deploy/, word for word', () => {
		const { status, stdout } = spawnSync(process.execPath, [join(root, 'deploy/helm/sync.mjs'), '--check'], {
			encoding: 'utf8',
		});
		assert.equal(status, 0, stdout);
		const text = renderText('', ['--values', join(chart, 'ci/observed-values.yaml')]);
		assert.match(text, /\{\{ \$labels\./, 'templates of alerts are left to Prometheus');
	});

	test('the version is that of package.json', () => {
		const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
		const text = readFileSync(join(chart, 'Chart.yaml'), 'utf8');
		assert.match(text, new RegExp(`^version: ${version}$`, 'm'));
		assert.match(text, new RegExp(`^appVersion: "${version}"$`, 'm'));
	});
});

const workloads = [
	['DaemonSet', 'probe'],
	['Deployment', 'evaluator'],
	['Deployment', 'sink'],
	['Deployment', 'console'],
	['Job', 'topics'],
] as const;

const secretsOf = {
	probe: ['kafka-ca', 'kafka-probe'],
	evaluator: ['kafka-ca', 'kafka-evaluator', 'redis', 'redis-tls'],
	sink: ['kafka-ca', 'kafka-sink', 'lanner-outputs'],
	console: [
		'kafka-ca',
		'kafka-console',
		'lanner-console',
		'lanner-console-tls',
		'redis-console',
		'redis-tls',
	],
	topics: ['kafka-admin', 'kafka-ca'],
};

type Container = {
	readonly securityContext: {
		readonly privileged: boolean;
		readonly readOnlyRootFilesystem: boolean;
		readonly allowPrivilegeEscalation: boolean;
		readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
	};
	readonly volumeMounts: readonly {
		readonly name: string;
		readonly mountPath: string;
		readonly readOnly?: boolean;
	}[];
};
type Pod = {
	readonly hostPID?: boolean;
	readonly hostNetwork?: boolean;
	readonly automountServiceAccountToken: boolean;
	readonly securityContext: { readonly runAsNonRoot: boolean };
	readonly containers: readonly Container[];
	readonly initContainers?: readonly Container[];
	readonly volumes: readonly {
		readonly name: string;
		readonly hostPath?: object;
		readonly secret?: { readonly secretName: string };
	}[];
};

function podOf({ spec }: { readonly spec: object }): { template: object; pod: Pod; container: Container } {
	const { template } = spec as { template: { spec: Pod } };
	return { template, pod: template.spec, container: template.spec.containers[0]! };
}

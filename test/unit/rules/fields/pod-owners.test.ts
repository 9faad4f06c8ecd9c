/** Fields of the objects that own a pod: in an alert, also when the state was saved and loaded before; missing where nothing is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, loadHost, takeChanges } from '#state/index.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, containerReported, fileOpened, processExecuted } from '#test/support/events.ts';

const containerId = 'ab'.repeat(32);
const rules = ruleSetOf(`
- rule: Opened
  desc: test
  condition: evt.type = openat
  output: deployment=%k8s.deployment.name id=%k8s.deployment.id team=%k8s.deployment.label[team] rs=%k8s.rs.name labels=%k8s.rs.labels service=%k8s.svc.name rc=%k8s.rc.name
  priority: INFO
`);
const conditions = ruleSetOf(`
- rule: Of a deployment
  desc: test
  condition: evt.type = openat and k8s.deployment.name = web and k8s.svc.label[tier] = edge
  output: of a deployment
  priority: INFO
`);

const owner = (kind: string, name: string, labels: Readonly<Record<string, string>> = {}) => ({
	...{ kind, name, uid: `${name}-uid` },
	labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
});
const owners = [
	owner('ReplicaSet', 'web-5d9', { app: 'web', hash: '5d9' }),
	owner('Deployment', 'web', { team: 'shop' }),
	owner('Service', 'front', { tier: 'edge' }),
	owner('Service', 'metrics'),
];

/** Texts of the alerts of an open in a container with these owners; `saved`: by a state that was saved and loaded in between. */
function alertsOf(podOwners: typeof owners, saved: boolean, ruleSet = rules): string[] {
	const reader = new EventReader();
	const state = new HostState('host-1');
	const container = { id: containerId, runtime: 'containerd', podUid: 'u', podOwners, complete: true };
	const who = { pid: 10, tid: 10, start: 5 };
	const alerts: Alert[] = [];
	reader.open(
		batch([
			containerReported({ state: 'RUNNING', container }),
			processExecuted({ ...who, process: { pid: 10, start: 5, comm: 'nginx', containerId } }),
		]),
	);
	evaluateBatch(reader, new HostView(state, reader), ruleSet, alerts);
	const then = saved ? loadHost('host-1', takeChanges(state)?.puts ?? new Map()) : state;
	reader.open(batch([fileOpened({ ...who, path: '/x', name: '/x', result: 3 })], { firstSequence: 1_000 }));
	evaluateBatch(reader, new HostView(then, reader), ruleSet, alerts);
	return alerts.map(({ output }) => output);
}

for (const saved of [false, true])
	test(`rules see name, uid and labels of owners${saved ? ', also after the state was saved' : ''}`, () => {
		const outputs = alertsOf(owners, saved);
		assert.deepEqual(outputs, [
			'deployment=web id=web-uid team=shop rs=web-5d9 labels=app:web, hash:5d9 service=front rc=<NA>',
		]);
		assert.deepEqual(alertsOf(owners, saved, conditions), ['of a deployment']);
	});

test('without owners the fields are missing', () => {
	const [output, ...others] = alertsOf([], false);
	assert.equal(output, 'deployment=<NA> id=<NA> team=<NA> rs=<NA> labels=<NA> service=<NA> rc=<NA>');
	assert.deepEqual(others, []);
});

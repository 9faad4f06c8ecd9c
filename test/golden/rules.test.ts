/**
 * Golden files: rules and events in, alerts or diagnostics out, one YAML file per behaviour (test/golden/rules/*.yaml).
 * UPDATE_GOLDEN=1 writes what came out into the files; review the difference.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import type { Rule } from '#rules/compile/rule.ts';
import { compileRuleSet, type RuleMatching, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import { batchOf } from '#rules/testing/run.ts';
import { parseGivenEvent } from '#rules/testing/shorthand.ts';
import { parseWorld } from '#rules/testing/world.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';

type Golden = {
	/** What the file shows, as a sentence. */
	behaviour: string;
	rules: string;
	/** `first` (default) or `all`. */
	matching?: RuleMatching;
	given?: unknown;
	events?: unknown[];
	alerts?: unknown;
	diagnostics?: unknown;
};

const folder = fileURLToPath(new URL('./rules/', import.meta.url));

function resultOf(golden: Golden): Pick<Golden, 'alerts' | 'diagnostics'> {
	const loaded = loadRules([{ name: 'rules.yaml', content: golden.rules }], {
		catalogue: eventFieldCatalogue,
	});
	const diagnostics = loaded.diagnostics.map(
		({ severity, code, line, column, message }) => `${line}:${column} ${severity} ${code} ${message}`,
	);
	return {
		alerts: loaded.ok
			? alertsOf(
					golden,
					loaded.rules.filter((rule) => rule.enabled),
				)
			: [],
		diagnostics,
	};
}

function alertsOf(golden: Golden, rules: readonly Rule[]): unknown[] {
	const ruleSet = compileRuleSet(rules, eventFieldCatalogue, {
		ruleMatching: golden.matching ?? 'first',
		eventTypes,
	}) as RuleSet<HostView['subject']>;
	const world = parseWorld(golden.given);
	const events = (golden.events ?? []).map(parseGivenEvent);
	const reader = new EventReader();
	reader.open(batchOf({ world, events }));
	const alerts: Alert[] = [];
	const { fault } = evaluateBatch(
		reader,
		new HostView(new HostState(reader.batch.hostId), reader),
		ruleSet,
		alerts,
	);
	assert.equal(fault, null);
	return alerts.map(({ rule, priority, output, tags }) => ({ rule, priority, output, tags }));
}

const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there are golden files', () => assert.ok(files.length > 0));

for (const name of files) {
	const path = folder + name;
	const document = parseDocument(readFileSync(path, 'utf8'));
	const golden = document.toJS() as Golden;
	test(golden.behaviour, () => {
		const result = resultOf(golden);
		if (process.env.UPDATE_GOLDEN === '1') {
			document.set('alerts', document.createNode(result.alerts));
			document.set('diagnostics', document.createNode(result.diagnostics));
			writeFileSync(path, document.toString({ lineWidth: 0 }));
			return;
		}
		assert.deepEqual(
			result,
			{ alerts: golden.alerts, diagnostics: golden.diagnostics },
			`${name} (UPDATE_GOLDEN=1 rewrites it)`,
		);
	});
}

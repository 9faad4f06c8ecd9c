/** `lanner sink test`: one alert, clearly marked as a test, through one output; no log is opened. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { escapeControls } from '#platform/escape.ts';
import { createOutput } from '#sink/outputs/index.ts';
import { outputTarget } from '#sink/outputs/target.ts';
import { type Tested, testAlert, tryOutput } from '#sink/test-alert.ts';
import { type Command, type Io, parseArguments, UsageError } from '../../command.ts';
import { namedOutput, outputSurroundings, outputsInForce } from '../../roles/outputs/in-force.ts';
import { configHelp, readSettings } from '../../roles/settings.ts';

const help = `lanner sink test: sends one test alert through an output and says what happened.

  --output NAME    the output, as in lanner.yaml; also one with enabled: false
  --config FILE    ${configHelp}
  --json           the result as one line of JSON, for machines

The alert has the rule "Lanner test alert", priority Notice and the tags lanner and test. Its when and minimumPriority are not
asked, it is tried once, and neither log nor dead letters see it. Results: delivered; retry (it may go well later); blocked (address or
credentials are wrong); refused (the receiver does not want this alert).
Exit: 0 delivered, 1 not delivered, 2 usage, 3 cannot run.

Example:
  lanner sink test --output webhook --config /etc/lanner/lanner.yaml
`;

export const sinkTest: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				output: { type: 'string' },
				config: { type: 'string' },
				json: { type: 'boolean', default: false },
			},
		});
		if (values.output === undefined) throw new UsageError('--output NAME is needed');
		const settings = readSettings({ configFile: values.config, data: undefined }, io);
		const config = namedOutput(outputsInForce(settings.config, { json: false }), values.output);
		const alert = testAlert({
			hostName: settings.config.host.name ?? hostname(),
			nowMs: Date.now(),
			nonce: randomUUID(),
		});
		const output = createOutput(config, outputSurroundings(io, settings.logger));
		const tested = await tryOutput(output, alert, {
			signal: io.stopSignal(),
			monotonicMs: () => performance.now(),
		}).finally(() => output.close());
		const tried = { output: config.name, target: outputTarget(config), alertId: alert.id };
		tell(io, tested, tried, values.json);
		if (!config.enabled && !values.json) io.stderr.write(`${config.name} is switched off (enabled: false)\n`);
		return tested.result.kind === 'delivered' ? 0 : 1;
	},
};

type Tried = { readonly output: string; readonly target: string; readonly alertId: string };

function tell({ stdout }: Io, { result, tookMs }: Tested, tried: Tried, json: boolean): void {
	const failure = result.kind === 'delivered' ? null : { code: result.code, reason: result.reason };
	if (json) {
		stdout.write(`${JSON.stringify({ ...tried, result: result.kind, ...failure, tookMs })}\n`);
		return;
	}
	const why = failure === null ? '' : `: ${failure.code}: ${escapeControls(failure.reason)}`;
	const said = `${tried.output}: ${result.kind} in ${tookMs} ms to ${tried.target}${why}`;
	stdout.write(`${said} (alert ${tried.alertId})\n`);
}

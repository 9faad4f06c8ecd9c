/** `lanner alerts redrive`: the dead letters of an output, sent to it again. */
import { createOutput } from '#sink/outputs/index.ts';
import { redrive } from '#sink/redrive.ts';
import { type Command, parseArguments, UsageError } from '../../command.ts';
import { openLog } from '../../roles/open-log.ts';
import { namedOutput, outputSurroundings, outputsInForce } from '../../roles/outputs/in-force.ts';
import { configHelp, readSettings } from '../../roles/settings.ts';
import { parseSince } from './since.ts';

const help = `lanner alerts redrive: sends the dead letters of an output to it again, in order, each once.

  --output NAME    the output, as in lanner.yaml
  --config FILE    ${configHelp}
  --data DIR       folder of the embedded log (default: as in lanner run)
  --since TIME     only those that died then or later, also if they were sent again before: 15m, 2h, 7d ago, or 2026-01-31T12:00:00Z
  --dry-run        only count what would be sent

Without --since a second redrive goes on where the first one ended; one with --since leaves that place alone. What fails for now ends it there; what is refused again is named and
passed over. The embedded log belongs to one process: stop "lanner run" first.
Exit: 0 all were taken, 1 some were not, 2 usage, 3 cannot run.

Example:
  lanner alerts redrive --output webhook --config /etc/lanner/lanner.yaml
  lanner alerts redrive --output webhook --since 2h --dry-run
`;

export const alertsRedrive: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				output: { type: 'string' },
				config: { type: 'string' },
				data: { type: 'string' },
				since: { type: 'string' },
				'dry-run': { type: 'boolean', default: false },
			},
		});
		const name = values.output;
		if (name === undefined) throw new UsageError('--output NAME is needed');
		const sinceMs = values.since === undefined ? null : parseSince(values.since, Date.now());
		const settings = readSettings({ configFile: values.config, data: values.data }, io);
		const config = namedOutput(outputsInForce(settings.config, { json: false }), name);
		const log = await openLog(settings);
		try {
			const output = values['dry-run'] ? null : createOutput(config, outputSurroundings(io, settings.logger));
			const { delivered, refused, stopped } = await redrive(
				{ log, name, output, sinceMs },
				io.stopSignal(),
			).finally(() => output?.close());
			for (const line of refused) io.stderr.write(`not taken: ${line}\n`);
			if (stopped !== null) io.stderr.write(`ended early: ${stopped}\n`);
			io.stderr.write(`${delivered} ${output === null ? 'would be sent' : 'delivered'}\n`);
			return refused.length === 0 && stopped === null ? 0 : 1;
		} finally {
			await log.close();
		}
	},
};

/** `node --import tsx deploy/grafana/make.ts`: writes the dashboards beside this file (then npm run format). A test compares them with what is made here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Dashboard, grafanaJson } from './dashboard.ts';
import { fleet } from './fleet.ts';
import { pipeline } from './pipeline.ts';
import { sinks } from './sinks.ts';

export const dashboards: Readonly<Record<string, Dashboard>> = {
	'lanner-pipeline.json': pipeline,
	'lanner-fleet.json': fleet,
	'lanner-sinks.json': sinks,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
	for (const [file, dashboard] of Object.entries(dashboards))
		writeFileSync(join(import.meta.dirname, file), `${JSON.stringify(grafanaJson(dashboard), null, '\t')}\n`);

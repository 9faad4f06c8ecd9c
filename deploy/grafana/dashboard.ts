/**
 * A dashboard as rows of panels → Grafana's JSON. Every query is limited to the jobs that are chosen on top, so that several installations
 * can share a Prometheus. Panels are laid out left to right; `width` is of 24 columns.
 */
export type Query = { readonly expr: string; readonly legend?: string };

export type Panel = {
	readonly title: string;
	/** What it means, and from when on to look closer. */
	readonly about: string;
	readonly kind?: 'timeseries' | 'stat' | 'table';
	/** Grafana's name of the unit: `short`, `s`, `bytes`, `percentunit`, `ops`. */
	readonly unit: string;
	readonly width?: number;
	/** Areas on top of each other: for parts of a whole. */
	readonly stacked?: boolean;
	/** From these values on a stat is orange, red. */
	readonly warnAt?: readonly [orange: number, red: number];
	readonly queries: readonly Query[];
};

export type Row = { readonly title: string; readonly panels: readonly Panel[] };

export type Dashboard = {
	readonly uid: string;
	readonly title: string;
	readonly about: string;
	readonly rows: readonly Row[];
};

const columns = 24;
const panelHeight = 8;
const statHeight = 4;
const source = { type: 'prometheus', uid: '$datasource' };
const ownMetric = /\b((?:lanner|process|nodejs)_[a-z0-9_]+)(\{)?/g;

/** With the matcher of the chosen jobs at every metric. */
export function limitedToJobs(expr: string): string {
	return expr.replace(ownMetric, (_, name: string, brace: string | undefined) =>
		brace === undefined ? `${name}{job=~"$job"}` : `${name}{job=~"$job",`,
	);
}

export function grafanaJson({ uid, title, about, rows }: Dashboard): object {
	return {
		uid,
		title,
		description: about,
		tags: ['lanner'],
		schemaVersion: 39,
		version: 1,
		editable: true,
		graphTooltip: 1,
		refresh: '30s',
		time: { from: 'now-3h', to: 'now' },
		timezone: 'browser',
		templating: { list: [datasourceVariable, jobVariable] },
		annotations: { list: [] },
		links: [{ title: 'Lanner', type: 'dashboards', tags: ['lanner'], asDropdown: true, includeVars: true }],
		panels: layOut(rows),
	};
}

const datasourceVariable = {
	name: 'datasource',
	label: 'Prometheus',
	type: 'datasource',
	query: 'prometheus',
	current: {},
	hide: 0,
};

const jobVariable = {
	name: 'job',
	label: 'Job',
	type: 'query',
	datasource: source,
	query: { query: 'label_values(lanner_build_info, job)', refId: 'job' },
	refresh: 2,
	multi: true,
	includeAll: true,
	allValue: '.*',
	current: { text: 'All', value: '$__all' },
	sort: 1,
	hide: 0,
};

function layOut(rows: readonly Row[]): object[] {
	const panels: object[] = [];
	let y = 0;
	for (const row of rows) {
		panels.push({
			id: panels.length + 1,
			type: 'row',
			title: row.title,
			collapsed: false,
			gridPos: { x: 0, y, w: columns, h: 1 },
			panels: [],
		});
		y++;
		let x = 0;
		let height = 0;
		for (const panel of row.panels) {
			const w = panel.width ?? 12;
			if (x + w > columns) {
				x = 0;
				y += height;
				height = 0;
			}
			const h = panel.kind === 'stat' ? statHeight : panelHeight;
			panels.push(panelJson(panel, panels.length + 1, { x, y, w, h }));
			x += w;
			height = Math.max(height, h);
		}
		y += height;
	}
	return panels;
}

type Place = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

function panelJson(panel: Panel, id: number, gridPos: Place): object {
	const { title, about, kind = 'timeseries', queries } = panel;
	const isTable = kind === 'table';
	return {
		id,
		type: kind,
		title,
		description: about,
		datasource: source,
		gridPos,
		targets: queries.map(({ expr, legend = '' }, i) => ({
			refId: String.fromCharCode('A'.charCodeAt(0) + i),
			datasource: source,
			expr: limitedToJobs(expr),
			legendFormat: legend,
			...(isTable ? { format: 'table', instant: true } : {}),
		})),
		fieldConfig: { defaults: defaultsOf(panel), overrides: [] },
		options: optionsOf(kind),
		...(isTable ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
	};
}

function defaultsOf({ unit, kind = 'timeseries', stacked = false, warnAt }: Panel): object {
	const steps =
		warnAt === undefined
			? [{ color: 'green', value: null }]
			: [
					{ color: 'green', value: null },
					{ color: 'orange', value: warnAt[0] },
					{ color: 'red', value: warnAt[1] },
				];
	const lines = {
		drawStyle: 'line',
		lineWidth: 1,
		fillOpacity: stacked ? 30 : 5,
		showPoints: 'never',
		stacking: { mode: stacked ? 'normal' : 'none' },
	};
	return {
		unit,
		min: 0,
		thresholds: { mode: 'absolute', steps },
		...(kind === 'timeseries' ? { custom: lines } : {}),
	};
}

function optionsOf(kind: 'timeseries' | 'stat' | 'table'): object {
	if (kind === 'stat')
		return {
			colorMode: 'value',
			graphMode: 'area',
			reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
		};
	if (kind === 'table') return { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] };
	return {
		legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
		tooltip: { mode: 'multi', sort: 'desc' },
	};
}

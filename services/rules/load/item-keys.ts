/**
 * The keys of rules files: what each kind of item may hold, of what type, and what it means. One table for three uses: which keys
 * are unknown (collector.ts), the schema check that Falco reports beside the result (schema.ts), and the JSON Schema for editors.
 */

export type ItemKind = 'required_engine_version' | 'required_plugin_versions' | 'list' | 'macro' | 'rule';

/** The part of JSON Schema that is used here. */
export type Schema = {
	readonly type?: 'string' | 'boolean' | 'integer' | 'array' | 'object';
	readonly description?: string;
	readonly enum?: readonly string[];
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly additionalProperties?: boolean;
	readonly required?: readonly string[];
	readonly minProperties?: number;
};

export const operations = ['append', 'replace'] as const;
export type Operation = (typeof operations)[number];

/** In lower case; any case is accepted. */
const priorityWords = [
	'emergency',
	'alert',
	'critical',
	'error',
	'warning',
	'notice',
	'informational',
	'info',
	'debug',
];

const texts: Schema = { type: 'array', items: { type: 'string' } };

function text(description: string): Schema {
	return { type: 'string', description };
}

function flag(description: string): Schema {
	return { type: 'boolean', description };
}

const pluginVersion = {
	name: text('Name of the plugin.'),
	version: text('Least version, x.y.z; the major number must be the same.'),
};

const plugins: Schema = {
	type: 'array',
	description: 'Plugins that the file needs; of each entry one (itself or an alternative) must be there.',
	items: {
		type: 'object',
		properties: {
			...pluginVersion,
			alternatives: {
				type: 'array',
				items: {
					type: 'object',
					properties: pluginVersion,
					required: ['name', 'version'],
					additionalProperties: false,
				},
			},
		},
		required: ['name', 'version'],
		additionalProperties: false,
	},
};

/** `values` and `comps` are checked by the reader: they depend on `fields`. */
const exceptions: Schema = {
	type: 'array',
	description:
		'Cases in which the rule must not alert: field values, joined to the condition with "and not".',
	items: {
		type: 'object',
		properties: {
			name: text('Name, so that values can be appended elsewhere.'),
			fields: { description: 'A field, or a list of fields whose values come as tuples.' },
			comps: { description: 'An operator, or one for each field; default in, or = for each field.' },
			values: { description: 'A list of values, or of tuples.' },
		},
		required: ['name'],
		additionalProperties: false,
	},
};

const append = flag('Deprecated: write override instead.');
const condition = text('The condition, in the filter language.');

/** Without `override`, which differs by kind (overrides.ts). */
export const itemProperties: Readonly<Record<ItemKind, Readonly<Record<string, Schema>>>> = {
	required_engine_version: {
		required_engine_version: text('Level of the rule language that the file needs: x.y.z, or N for 0.N.0.'),
	},
	required_plugin_versions: { required_plugin_versions: plugins },
	list: {
		list: text('Name of the list.'),
		items: { ...texts, description: 'Values, and names of lists defined before.' },
		append,
	},
	macro: { macro: text('Name of the macro.'), condition, append },
	rule: {
		rule: text('Name of the rule; alerts carry it.'),
		condition,
		output: text('Text of the alert; %field puts a value in.'),
		desc: text('What the rule is about, for whoever reads the alert.'),
		priority: {
			type: 'string',
			description: 'How severe an alert of the rule is.',
			enum: priorityWords.map((word) => word.toUpperCase()),
		},
		source: text('Source of events; default syscall.'),
		enabled: flag('Default true.'),
		tags: { ...texts, description: 'For selecting rules; MITRE ATT&CK techniques, for example.' },
		exceptions,
		capture: flag('Read for compatibility.'),
		capture_duration: { type: 'integer', description: 'Milliseconds; read for compatibility.' },
		warn_evttypes: flag('false silences the warning about a condition that does not restrict evt.type.'),
		'skip-if-unknown-filter': flag('true leaves the rule out when it uses a field that does not exist.'),
		append,
	},
};

export const itemKinds = Object.keys(itemProperties) as ItemKind[];

/** Keys of a kind. Those with an override are the kinds that can be appended to. */
export function keysOf(kind: ItemKind): readonly string[] {
	const keys = Object.keys(itemProperties[kind]);
	return kind.startsWith('required') ? keys : [...keys, 'override'];
}

/** Spellings for editors: as written in most files, and as alerts show it. */
export function prioritySpellings(): string[] {
	return priorityWords.flatMap((word) => [
		word.toUpperCase(),
		`${word[0]?.toUpperCase()}${word.slice(1)}`,
		word,
	]);
}

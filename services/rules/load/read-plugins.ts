/** `required_plugin_versions`: which plugins a file needs, with alternatives. */
import type { DiagnosticContext } from '../diagnostic.ts';
import { ItemError, requiredText } from './decode.ts';
import type { PluginRequirement, PluginVersion } from './definitions.ts';
import type { MappingNode, SourceNode } from './source.ts';
import { isPluginVersion } from './versions.ts';

export function readPluginRequirements(item: MappingNode): PluginRequirement[] {
	const node = item.entries.get('required_plugin_versions') as SourceNode;
	if (node.kind !== 'sequence') throw invalid('required_plugin_versions is no list', node);
	return node.items.map(readRequirement);
}

function readRequirement(node: SourceNode): PluginRequirement {
	const main = readVersion(node);
	const list = (node as MappingNode).entries.get('alternatives');
	if (list !== undefined && list.kind !== 'sequence')
		throw invalid('the alternatives of a plugin are no list', list);
	const alternatives = (list?.items ?? []).map(readVersion);
	const names = [main, ...alternatives].map((plugin) => plugin.name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined)
		throw refuse(`the plugin '${twice}' is named twice among the alternatives`, main.name, node);
	return { ...main, alternatives };
}

function readVersion(node: SourceNode): PluginVersion {
	if (node.kind !== 'mapping') throw invalid('a required plugin is no mapping', node);
	const name = requiredText(node, 'name');
	const version = requiredText(node, 'version');
	if (!isPluginVersion(version))
		throw refuse(`'${version}' is no version for the plugin '${name}'`, name, node, 'write x.y.z');
	return { name, version };
}

function entryContext(name: string): readonly DiagnosticContext[] {
	return [{ kind: 'required plugin versions entry', name }];
}

function refuse(message: string, name: string, node: SourceNode, hint = ''): ItemError {
	return new ItemError('LOAD_ERR_VALIDATE', message, node.start, { hint, contexts: entryContext(name) });
}

function invalid(message: string, node: SourceNode): ItemError {
	const hint = 'write [{name: json, version: 0.7.0}]';
	return new ItemError('LOAD_ERR_YAML_VALIDATE', message, node.start, { hint, contexts: entryContext('') });
}

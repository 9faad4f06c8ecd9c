/** Version requirements: of the engine (`required_engine_version`) and of plugins (`required_plugin_versions`). */
import type { PluginRequirement, PluginVersion } from './definitions.ts';

export type Version = { readonly major: number; readonly minor: number; readonly patch: number };

/** The level of Falco's engine whose rules we load. */
export const engineVersion: Version = { major: 0, minor: 63, patch: 0 };

/**
 * What rules may require as a plugin and is part of Lanner: the container fields, at the level of Falco's container plugin
 * whose fields we have.
 */
export const builtInPlugins: readonly PluginVersion[] = [{ name: 'container', version: '0.7.0' }];

export function formatVersion({ major, minor, patch }: Version): string {
	return `${major}.${minor}.${patch}`;
}

/** `N` means `0.N.0`; otherwise x.y.z with an optional suffix. Null when it is neither. */
export function parseEngineVersion(text: string): Version | null {
	if (/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) return { major: 0, minor: Number(text), patch: 0 };
	return parseVersion(text);
}

function parseVersion(text: string): Version | null {
	const found = /^([0-9]+)\.([0-9]+)\.([0-9]+)(?:\.[0-9]+|[-+][^\s]*)*$/.exec(text);
	if (found === null) return null;
	return { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) };
}

/** Strictly x.y.z. */
export function isPluginVersion(text: string): boolean {
	return /^[0-9]+\.[0-9]+\.[0-9]+$/.test(text);
}

/** Same major version, and not older. */
export function satisfies(available: Version, required: Version): boolean {
	if (available.major !== required.major) return false;
	if (available.minor !== required.minor) return available.minor > required.minor;
	return available.patch >= required.patch;
}

export function isNewer(left: Version, right: Version): boolean {
	if (left.major !== right.major) return left.major > right.major;
	if (left.minor !== right.minor) return left.minor > right.minor;
	return left.patch > right.patch;
}

/** What is wrong with the plugins there are, in one sentence a requirement. */
export function checkPlugins(
	requirements: readonly PluginRequirement[],
	available: readonly PluginVersion[],
): string[] {
	const problems = new Set<string>();
	for (const requirement of requirements) {
		const choices = [requirement, ...requirement.alternatives];
		const isMet = choices.some((choice) => available.some((plugin) => isCompatible(plugin, choice)));
		if (isMet) continue;
		const names = choices.map((choice) => `${choice.name} (>= ${choice.version})`).join(', ');
		problems.add(`a plugin that the rules require is not there, one of: ${names}`);
	}
	return [...problems];
}

function isCompatible(plugin: PluginVersion, required: PluginVersion): boolean {
	const [left, right] = [parseVersion(plugin.version), parseVersion(required.version)];
	return plugin.name === required.name && left !== null && right !== null && satisfies(left, right);
}

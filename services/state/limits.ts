/** Bounds of the state of one host. What goes over a bound is forgotten and counted, never silently wrong. */
export type StateLimits = {
	/** Running processes kept. Above it the oldest without children are forgotten (exits must have been lost). */
	readonly processesMax: number;
	/** Ended processes kept because a descendant lives. Above it the longest dead are forgotten. */
	readonly deadMax: number;
	/** Ancestors looked at by any walk up the tree. */
	readonly ancestorDepthMax: number;
	/** Containers kept. Above it those not seen for longest are forgotten. */
	readonly containersMax: number;
	/** Alerts of one container that wait for its facts. */
	readonly pendingAlertsMax: number;
	/** Users, and groups, kept of what the host reports. */
	readonly accountsMax: number;
};

export const defaultLimits: StateLimits = Object.freeze({
	processesMax: 131_072,
	deadMax: 65_536,
	ancestorDepthMax: 256,
	containersMax: 8_192,
	pendingAlertsMax: 16,
	accountsMax: 65_536,
});

/** What was forgotten at a bound since the state was made or loaded; for metrics, not part of the state. */
export type StateCounters = {
	processesEvicted: number;
	deadEvicted: number;
	containersEvicted: number;
	/** Alerts that will not be amended because too many of their container wait. */
	pendingAlertsDropped: number;
	accountsDropped: number;
	/** Placeholders made for processes that events named before anything was known of them. */
	placeholders: number;
};

export function createCounters(): StateCounters {
	return {
		processesEvicted: 0,
		deadEvicted: 0,
		containersEvicted: 0,
		pendingAlertsDropped: 0,
		accountsDropped: 0,
		placeholders: 0,
	};
}

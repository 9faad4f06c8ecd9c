/** State of hosts: see README.md. */
export { type ContainerFacts, type ContainerMount, ContainerNode } from './container.ts';
export { HostState } from './host.ts';
export { defaultLimits, type StateCounters, type StateLimits } from './limits.ts';
export type { HostMeta } from './meta.ts';
export {
	type Credentials,
	type Descriptor,
	type DescriptorSocket,
	ProcessNode,
	Program,
	processKey,
} from './process.ts';
export { type HostChanges, loadHost, metaKey, takeChanges } from './saved.ts';

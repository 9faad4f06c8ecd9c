/**
 * The state of one host: a fold over its events. The evaluator calls, for each batch, `enterBatch`, then for each event
 * `apply` (before rules see it: exec, clone, snapshot…) and `settle` (after: exit). Rules read `current` and the tables.
 *
 * Deterministic: no clock, no randomness; the same batches give the same state wherever they are cut into calls, and a state that
 * was saved and loaded goes on like one that was not. Everything is bounded, see `StateLimits`. Events that change nothing allocate nothing.
 */
import { eventTypeIndex, familyIndex } from '#schemas/generated/event-names.ts';
import type {
	BatchHeader,
	EventReader,
	ProcessClonedView,
	ProcessView,
} from '#schemas/generated/event-reader.ts';
import type { Text } from '#schemas/text.ts';
import { type Account, Accounts } from './accounts.ts';
import { Containers } from './containers.ts';
import { applyControl } from './control.ts';
import { copyContainer, copyCredentials, fillProcess, sameCredentials } from './facts.ts';
import { createCounters, defaultLimits, type StateCounters, type StateLimits } from './limits.ts';
import { emptyMeta, type HostMeta } from './meta.ts';
import { ProcessNode } from './process.ts';
import { bootCameBack, bootsBefore, noteBehind, noteHeard } from './shared-id.ts';
import { ProcessTree } from './tree.ts';

const captureProducer = 1;
const evaluatorProducer = 3;
const phaseBegin = 1;
const phaseEnd = 2;
const containerEnded = 3;
const chrootType = eventTypeIndex.get('chroot')!;
const nsPerS = 1_000_000_000;
/** A container's time of last report is only written anew when it grew by this much, to spare the store. */
const lastSeenGrainS = 60;

export class HostState {
	readonly hostId: string;
	readonly limits: StateLimits;
	readonly counters: StateCounters = createCounters();
	readonly processes: ProcessTree;
	readonly containers: Containers;
	readonly accounts: Accounts;
	meta: HostMeta = emptyMeta('');
	/** The event's process; null for events that belong to none. Valid until the next `apply`. */
	current: ProcessNode | null = null;
	/** Everything saved of the host is void (another boot): the store must clear it first. */
	cleared = false;
	metaDirty = false;
	/** Another host speaks under this id, by the present batch: its name, '' = not certain yet. Null = no sign of one. */
	sharedWith: string | null = null;
	/** Time of the current event, seconds since the epoch and nanoseconds within. */
	timeS = 0;
	timeNs = 0;
	#baseS = 0;
	#baseNs = 0;
	#utcOffsetS = 0;

	constructor(hostId: string, limits: Partial<StateLimits> = {}) {
		this.hostId = hostId;
		this.limits = { ...defaultLimits, ...limits };
		this.processes = new ProcessTree(this.limits, this.counters);
		this.containers = new Containers(this.processes, this.limits, this.counters);
		this.accounts = new Accounts(this.processes, this.limits, this.counters);
	}

	get incomplete(): boolean {
		return this.meta.incomplete;
	}

	get hostName(): string {
		return this.meta.hostName;
	}

	/** Offset of the host's local time from UTC in seconds, by the current batch. */
	get utcOffsetS(): number {
		return this.#utcOffsetS;
	}

	userByUid(uid: number): Account | undefined {
		return this.accounts.users.get(uid);
	}

	groupByGid(gid: number): Text | undefined {
		return this.accounts.groups.get(gid);
	}

	/** Time of the current event, nanoseconds since the epoch. */
	eventTime(): bigint {
		return BigInt(this.timeS) * 1_000_000_000n + BigInt(this.timeNs);
	}

	/**
	 * Begins a batch. `repeated`: the caller drops it, all of it was seen before (a producer that retried after a crash), or it is another host's (`sharedWith`).
	 * Another boot forgets everything; a jump in capture's sequence makes the host incomplete.
	 */
	enterBatch(batch: BatchHeader): 'new' | 'repeated' {
		const silence = batch.producer === evaluatorProducer;
		this.sharedWith = silence ? null : bootCameBack(this.meta, batch);
		if (silence) return this.#enterSilence(batch);
		if (batch.bootId !== this.meta.bootId) this.#startBoot(batch.bootId);
		const capture = batch.producer === captureProducer;
		const expected = capture ? this.meta.captureSequence : this.meta.agentSequence;
		if (expected >= 0 && batch.firstSequence < expected) {
			if (capture) this.sharedWith = noteBehind(this.meta, batch);
			this.metaDirty ||= this.sharedWith !== null;
			return 'repeated';
		}
		if (capture && expected >= 0 && batch.firstSequence > expected) this.lose('sequence-jump');
		if (capture) noteHeard(this.meta, batch);
		this.meta.hostName = batch.hostName;
		return this.#enter(batch);
	}

	/** What an evaluator decided about this boot; of another boot it is out of date. */
	#enterSilence(batch: BatchHeader): 'new' | 'repeated' {
		if (batch.bootId !== this.meta.bootId || batch.firstSequence < this.meta.silenceSequence)
			return 'repeated';
		return this.#enter(batch);
	}

	#enter(batch: BatchHeader): 'new' {
		this.#baseS = batch.baseTimeS;
		this.#baseNs = batch.baseTimeNs;
		this.#utcOffsetS = batch.utcOffsetS;
		this.metaDirty = true;
		return 'new';
	}

	/** What the event changes before rules see it. */
	apply(reader: EventReader): void {
		const { header } = reader;
		this.#setTime(header.time);
		const { meta } = this;
		switch (reader.batch.producer) {
			case captureProducer:
				meta.captureSequence = reader.sequence + 1;
				break;
			case evaluatorProducer:
				meta.silenceSequence = reader.sequence + 1;
				break;
			default:
				meta.agentSequence = reader.sequence + 1;
		}
		const { pid } = header;
		if (pid === 0) this.current = null;
		else {
			const node = this.processes.byPid(pid);
			this.current =
				node !== undefined && node.start === header.start ? node : this.#unknown(pid, header.start);
		}
		this.#change(reader);
	}

	/** What the event changes after rules have seen it: an exit. */
	settle(reader: EventReader): void {
		if (reader.family !== familyIndex.ProcessExited) return;
		const node = this.current;
		if (node === null) return;
		if (reader.processExited.lastThread) this.processes.end(node, this.timeS);
		else if (node.threads > 1) {
			node.threads--;
			this.processes.touch(node);
		}
	}

	/** Process events were lost: facts may be missing until a whole snapshot has been seen. */
	lose(reason: string): void {
		this.meta.incomplete = true;
		this.meta.incompleteReason = reason;
		this.meta.lostInSnapshot = this.meta.snapshotOpen;
		this.metaDirty = true;
	}

	#change(reader: EventReader): void {
		const { current: node, meta } = this;
		switch (reader.family) {
			case familyIndex.ProcessExecuted: {
				const view = reader.processExecuted.process;
				if (view !== null && node !== null) this.#executed(node, view);
				return;
			}
			case familyIndex.ProcessCloned:
				if (node !== null && reader.processCloned.childTid !== 0) this.#cloned(node, reader.processCloned);
				return;
			case familyIndex.CredentialsChanged:
				if (node !== null) this.#credentials(node, reader);
				return;
			case familyIndex.RootChanged:
				if (node !== null && reader.header.result === 0) this.#rootChanged(node, reader);
				return;
			case familyIndex.ProcessControlled:
				if (node !== null && reader.header.result >= 0) applyControl(this.processes, node, reader);
				return;
			case familyIndex.ProcessSnapshotted:
				if (node !== null) this.#snapshotted(node, reader.processSnapshotted.process);
				return;
			case familyIndex.SnapshotMarked:
				this.#snapshotMarked(reader.snapshotMarked.phase);
				return;
			case familyIndex.Gap:
				if (reader.batch.producer === evaluatorProducer) this.#silent(reader.sequence);
				else if (reader.gap.processes) this.lose(reader.gap.reason.toString());
				return;
			case familyIndex.ProbeStarted:
				meta.probe = 'RUNNING';
				this.lose('probe-started');
				return;
			case familyIndex.ProbeStopped:
				meta.probe = 'STOPPED';
				return;
			case familyIndex.ContainerReported:
				this.#containerReported(reader);
				return;
			case familyIndex.UsersReported:
				this.accounts.replace(reader.usersReported);
				return;
			default:
				return;
		}
	}

	/** An evaluator has found it gone for good: everything is void, also in the store. Who comes back is a new host. */
	forget(): void {
		this.#startBoot('');
		this.meta = emptyMeta('');
		this.metaDirty = false;
	}

	/** `missed`: the sequence that capture should have gone on with. It may have been heard between the decision and its record. */
	#silent(missed: number): void {
		const { meta } = this;
		if (meta.probe !== 'STOPPED' && missed === meta.captureSequence) meta.silent = true;
	}

	#setTime(time: number): void {
		const ns = this.#baseNs + time;
		const carry = Math.floor(ns / nsPerS);
		this.timeS = this.#baseS + carry;
		this.timeNs = ns - carry * nsPerS;
		if (this.meta.firstTimeNs < 0) {
			this.meta.firstTimeS = this.timeS;
			this.meta.firstTimeNs = this.timeNs;
		}
	}

	#startBoot(bootId: string): void {
		this.processes.clear();
		this.containers.clear();
		this.accounts.clear();
		this.current = null;
		this.cleared = true;
		// Who was missed is still missed until it is heard, also when it comes back with another boot.
		const { silent, sharedAlertS } = this.meta;
		this.meta = { ...emptyMeta(bootId), silent, sharedAlertS, boots: bootsBefore(this.meta, bootId) };
		this.metaDirty = true;
	}

	/** A process that events name before anything was known of it. What holds its pid by now must have ended unseen. */
	#unknown(pid: number, start: number): ProcessNode {
		const kept = this.processes.find(pid, start);
		if (kept !== undefined) return kept;
		const holder = this.processes.byPid(pid);
		const node = new ProcessNode(pid, start);
		node.incomplete = true;
		node.snapshot = this.meta.snapshot;
		this.counters.placeholders++;
		// An event that comes after its process's successor was seen: not worth a place, rules see an unknown process.
		if (holder !== undefined && holder.start > start) {
			node.forgotten = true;
			return node;
		}
		if (holder !== undefined) this.processes.end(holder, this.timeS);
		this.processes.add(node);
		return node;
	}

	#executed(node: ProcessNode, view: ProcessView): void {
		fillProcess(node, view);
		node.incomplete = false;
		node.lastExecTimeS = this.timeS;
		node.lastExecTimeNs = this.timeNs;
		this.#enterContainer(node, view.containerId.value);
		this.#adopt(node);
		this.processes.touch(node);
	}

	#cloned(parent: ProcessNode, view: ProcessClonedView): void {
		if (view.childPid === parent.pid) {
			parent.threads++;
			this.processes.touch(parent);
			return;
		}
		const { childPid, childStart } = view;
		const present = this.processes.byPid(childPid);
		if (present?.start === childStart && !present.incomplete) return;
		// Told too late: another has its pid, or it has ended and is kept for its descendants.
		if ((present?.start ?? 0) > childStart || this.processes.find(childPid, childStart)?.exited) return;
		const child = present !== undefined && present.start === childStart ? present : this.#newChild(view);
		const from = this.#lineageParent(parent, view);
		child.inherit(from);
		child.startTimeS = view.childStartTimeS;
		child.startTimeNs = view.childStartTimeNs;
		child.parentPid = view.parentPid;
		child.parentStart = view.parentStart;
		child.vpid = view.childVpid;
		child.pidNamespace = view.pidNamespace;
		child.comm = view.comm;
		if (view.cgroup !== null) child.cgroup = view.cgroup;
		child.incomplete = parent.incomplete;
		this.processes.link(child, from);
		this.processes.touch(child);
	}

	/** The node that a clone names as parent: the caller, or with CLONE_PARENT the caller's own parent. */
	#lineageParent(caller: ProcessNode, view: ProcessClonedView): ProcessNode {
		if (view.parentPid === caller.pid) return caller;
		return this.processes.find(view.parentPid, view.parentStart) ?? caller;
	}

	#newChild(view: ProcessClonedView): ProcessNode {
		const holder = this.processes.byPid(view.childPid);
		if (holder !== undefined) this.processes.end(holder, this.timeS);
		const child = new ProcessNode(view.childPid, view.childStart);
		child.snapshot = this.meta.snapshot;
		this.processes.add(child);
		return child;
	}

	/** Links a process to the parent it names, when that is known and none is known yet. */
	#adopt(node: ProcessNode): void {
		if (node.parent !== null || node.parentPid === 0) return;
		const parent = this.processes.find(node.parentPid, node.parentStart);
		if (parent !== undefined) this.processes.link(node, parent);
	}

	#enterContainer(node: ProcessNode, id: string): void {
		if (id === '') node.container = null;
		else if (node.container?.id !== id) node.container = this.containers.ensure(id);
	}

	/** Credentials belong to threads; a process's are those of its main thread. */
	#credentials(node: ProcessNode, reader: EventReader): void {
		const { credentials } = reader.credentialsChanged;
		if (reader.header.tid !== node.pid || sameCredentials(node.credentials, credentials)) return;
		node.credentials = copyCredentials(credentials);
		this.processes.touch(node);
	}

	#rootChanged(node: ProcessNode, reader: EventReader): void {
		const { path } = reader.rootChanged;
		if (reader.header.type === chrootType) node.root = path;
		else node.cwd = path;
		this.processes.touch(node);
	}

	/** A snapshot's facts, unless the process has executed another program since they were read. */
	#snapshotted(node: ProcessNode, view: ProcessView): void {
		node.snapshot = this.meta.snapshot;
		this.processes.touch(node);
		if (node.forgotten || node.executedAfter(this.timeS, this.timeNs)) return;
		fillProcess(node, view);
		node.incomplete = false;
		this.#enterContainer(node, view.containerId.value);
		this.#adopt(node);
	}

	#snapshotMarked(phase: number): void {
		const { meta } = this;
		if (phase === phaseBegin) {
			meta.snapshot++;
			meta.snapshotOpen = true;
			meta.lostInSnapshot = false;
			this.metaDirty = true;
		} else if (phase === phaseEnd && meta.snapshotOpen) this.#endSnapshot();
	}

	#endSnapshot(): void {
		const { meta, processes } = this;
		meta.snapshotOpen = false;
		this.metaDirty = true;
		for (const node of [...processes.running()]) {
			if (node.snapshot !== meta.snapshot) processes.end(node, this.timeS);
		}
		for (const node of processes.running()) this.#adopt(node);
		this.containers.sweep();
		if (meta.lostInSnapshot) return;
		meta.incomplete = false;
		meta.incompleteReason = '';
	}

	#containerReported(reader: EventReader): void {
		const { state, container } = reader.containerReported;
		const node = this.containers.ensure(container.id.value);
		node.facts = copyContainer(container);
		node.ended = state === containerEnded;
		if (this.timeS >= node.lastSeenS + lastSeenGrainS) node.lastSeenS = this.timeS;
		this.containers.touch(node);
	}
}

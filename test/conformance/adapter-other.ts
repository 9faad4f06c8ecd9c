/** Calls without a family of their own: parameters of the reference → raw arguments, and what stands beside them. */
import {
	ringSetupBits,
	semaphoreCommands,
	semaphoreGetBits,
	semaphoreOperationBits,
} from '#rules/fields/call-flags.ts';
import { resolvePath } from '#rules/fields/paths.ts';
import { pollBits } from '#rules/fields/waited.ts';
import * as make from '#test/support/events.ts';
import { fdOf } from './adapter-descriptors.ts';
import { type Context, type Converted, kernel, number, text } from './adapter-params.ts';
import { remember } from './adapter-sockets.ts';

type Fields = Partial<Parameters<typeof make.otherSyscall>[0]>;
type Make = (context: Context) => Fields;

const billion = 1_000_000_000n;
/** At these positions of the arguments, the named parameters. */
const raw =
	(...names: readonly (string | null)[]): Make =>
	({ params }) => ({ arguments: names.map((name) => (name === null ? 0 : number(params, name))) });
const numbers =
	(...names: readonly string[]): Make =>
	({ params }) => ({ numbers: names.map((name) => number(params, name)) });
const onFd: Make = (context) => ({ fd: fdOf(context, number(context.params, 'fd', -1)) });
const between =
	(from: string, to: string): Make =>
	(context) => ({
		fd: fdOf(context, number(context.params, from)),
		secondFd: fdOf(context, number(context.params, to)),
	});
const onPath =
	(name: string): Make =>
	({ params, thread }) => {
		const given = text(params, name);
		return { name: given, path: resolvePath(thread.cwd, given) };
	};
function durationOf({ params }: Context, name: string): number[] {
	const ns = BigInt(number(params, name));
	return [Number(ns / billion), Number(ns % billion)];
}
const waits: Make = (context) => ({
	waited: ((context.params.fds ?? []) as { fd: number; flags: number }[]).map(({ fd, flags }) => ({
		fd: fdOf(context, fd),
		events: kernel(pollBits, flags),
		revents: kernel(pollBits, flags),
	})),
});

const makers: Readonly<Record<string, readonly Make[]>> = {
	access: [onPath('name'), raw(null, 'mode')],
	stat: [onPath('path')],
	lstat: [onPath('path')],
	getcwd: [({ params }) => ({ name: text(params, 'path') })],
	copy_file_range: [
		between('fdin', 'fdout'),
		raw(null, 'offin', null, 'offout', 'len'),
		numbers('offin', 'offout'),
	],
	epoll_wait: [raw(null, null, 'maxevents')],
	futex: [raw('addr', 'op', 'val')],
	getrlimit: [raw('resource'), numbers('cur', 'max')],
	nanosleep: [(context) => ({ numbers: durationOf(context, 'interval') })],
	poll: [waits, raw(null, null, 'timeout')],
	ppoll: [
		waits,
		(context) => ({
			numbers: [...durationOf(context, 'timeout'), number(context.params, 'sigmask')],
		}),
	],
	semctl: [
		({ params }) => ({
			arguments: [
				number(params, 'semid'),
				number(params, 'semnum'),
				kernel(semaphoreCommands, number(params, 'cmd')),
				number(params, 'val'),
			],
		}),
	],
	semget: [
		({ params }) => {
			const flags = number(params, 'semflg');
			return {
				arguments: [
					number(params, 'key'),
					number(params, 'nsems'),
					kernel(semaphoreGetBits, flags) + (flags & 0o777),
				],
			};
		},
	],
	semop: [
		raw('semid', null, 'nsops'),
		({ params }) => ({
			numbers: ['0', '1'].flatMap((i) => [
				number(params, `sem_num_${i}`),
				number(params, `sem_op_${i}`),
				kernel(semaphoreOperationBits, number(params, `sem_flg_${i}`)),
			]),
		}),
	],
	sendfile: [between('in_fd', 'out_fd'), raw(null, null, 'offset', 'size')],
	splice: [between('fd_in', 'fd_out'), raw(null, null, null, null, 'size', 'flags')],
	quotactl: [
		onPath('special'),
		// A kind of quota that the kernel does not have is one without a name.
		({ params }) => ({
			text: text(params, 'quotafilepath'),
			arguments: [number(params, 'type') === 0 ? 255 : number(params, 'type') - 1],
		}),
	],
	io_uring_setup: [
		(context) => ({
			fd: remember(context, { number: number(context.params, 'res'), path: 'anon_inode:[io_uring]' }),
			numbers: [
				number(context.params, 'sq_entries'),
				number(context.params, 'cq_entries'),
				kernel(ringSetupBits, number(context.params, 'flags')),
				number(context.params, 'sq_thread_cpu'),
				number(context.params, 'sq_thread_idle'),
				number(context.params, 'features'),
			],
		}),
		raw('entries'),
	],
	setsockopt: [onFd],
	getsockopt: [onFd],
	mlock: [raw('addr', 'len')],
	munlock: [raw('addr', 'len')],
	mlock2: [raw('addr', 'len', 'flags')],
	mlockall: [raw('flags')],
};

export function otherCall(context: Context): Converted {
	const fields = (makers[context.header.evt] ?? []).map((one) => one(context));
	return make.otherSyscall(Object.assign({}, context.header, ...fields));
}

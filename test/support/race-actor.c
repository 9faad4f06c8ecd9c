/*
 * A process of two threads: one makes calls with a name, the other changes a letter of it. Usage: race-actor SCENE ROUNDS [compat]
 *
 *   once    the letter is changed once a call, at some moment about it
 *   often   it is changed to and fro all the time
 *   steady  it is that of another buffer that is changed
 *
 * After each call the file system tells which name the kernel used: that is the witness. One line a round on standard output: the call's
 * name, its result, and A, B, or - when it cannot be told. The working directory should be an empty folder; compat makes 32-bit calls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LETTER 5
#define DELAY_MAX 6000 /* loops: about as long as a call takes */
/* What prepares and looks names the same files in another way, so that its events are told apart. */
static const char *const both[] = {"./race-A", "./race-B"};

/* Below 4 GB, so that 32-bit calls reach it, and touched before each call. */
static struct shared {
	char name[64], other[64], decoy[64], type[16], moved[64];
} *memory;
static volatile int ready, go, done, stop, free_running;
static volatile char *letter;
static int is_compat;

static void spin(unsigned int loops)
{
	for (volatile unsigned int i = 0; i < loops; i++)
		;
}

static void *flip(void *none)
{
	unsigned int seed = 7;

	(void)none;
	while (!stop) {
		if (free_running) {
			*letter ^= 'A' ^ 'B';
			continue;
		}
		ready = 1;
		while (!go && !stop)
			;
		go = 0;
		spin(rand_r(&seed) % DELAY_MAX);
		*letter ^= 'A' ^ 'B';
		done = 1;
		while (done && !stop)
			sched_yield();
	}
	return NULL;
}

struct numbers {
	int native, compat;
};

static long call(struct numbers numbers, const void *a, const void *b, const void *c)
{
	long result;

	if (!is_compat) {
		result = syscall(numbers.native, a, b, c, 0, 0);
		return result < 0 ? -errno : result;
	}
	__asm__ volatile("int $0x80" : "=a"(result) : "a"((long)numbers.compat), "b"(a), "c"(b), "d"(c), "S"(0L), "D"(0L) : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void clear(const char *name)
{
	umount2(name, MNT_DETACH);
	if (unlink(name) != 0)
		rmdir(name);
}

static void make_file(const char *name)
{
	close(open(name, O_CREAT | O_WRONLY, 0644));
}

static int is_there(const char *name)
{
	struct stat s;

	return lstat(name, &s) == 0;
}

static int has_mode(const char *name)
{
	struct stat s;

	return lstat(name, &s) == 0 && (s.st_mode & 07777) == 0600;
}

static int has_owner(const char *name)
{
	struct stat s;

	return lstat(name, &s) == 0 && s.st_uid == 1;
}

static int is_mounted(const char *name)
{
	struct stat s, here;

	return lstat(name, &s) == 0 && lstat(".", &here) == 0 && s.st_dev != here.st_dev;
}

static void mount_both(const char *name)
{
	mkdir(name, 0755);
	mount("none", name, "tmpfs", 0, NULL);
}

static void make_folder(const char *name)
{
	mkdir(name, 0755);
}

static void nothing(const char *name)
{
	(void)name;
}

enum place { FIRST, SECOND };
static const struct scene {
	const char *name;
	struct numbers numbers;
	enum place place;		  /* of the name that changes */
	void (*prepare)(const char *name); /* both names */
	int (*state)(const char *name);	  /* what the call changes of one of them */
} scenes[] = {
	{"mkdir", {SYS_mkdir, 39}, FIRST, nothing, is_there},	    {"rmdir", {SYS_rmdir, 40}, FIRST, make_folder, is_there},
	{"unlink", {SYS_unlink, 10}, FIRST, make_file, is_there},  {"rename", {SYS_rename, 38}, FIRST, make_file, is_there},
	{"rename", {SYS_rename, 38}, SECOND, nothing, is_there},   {"link", {SYS_link, 9}, SECOND, nothing, is_there},
	{"symlink", {SYS_symlink, 83}, SECOND, nothing, is_there}, {"mknod", {SYS_mknod, 14}, FIRST, nothing, is_there},
	{"chmod", {SYS_chmod, 15}, FIRST, make_file, has_mode},	    {"chown", {SYS_chown, 212}, FIRST, make_file, has_owner},
	{"mount", {SYS_mount, 21}, SECOND, make_folder, is_mounted}, {"umount2", {SYS_umount2, 52}, FIRST, mount_both, is_mounted},
};
#define SCENES (sizeof(scenes) / sizeof(scenes[0]))

static long act(const struct scene *s)
{
	const void *second = s->place == SECOND ? memory->name : memory->moved, *third = NULL;

	if (strcmp(s->name, "mkdir") == 0)
		second = (void *)0755L;
	if (strcmp(s->name, "mknod") == 0)
		second = (void *)(long)(S_IFIFO | 0600);
	if (strcmp(s->name, "chmod") == 0)
		second = (void *)0600L;
	if (strcmp(s->name, "chown") == 0)
		second = third = (void *)1L;
	if (strcmp(s->name, "umount2") == 0)
		second = NULL;
	if (strcmp(s->name, "mount") == 0)
		third = memory->type;
	return call(s->numbers, s->place == FIRST ? memory->name : memory->other, second, third);
}

static void one_round(const struct scene *s)
{
	int before[2], changed = -1, changes = 0;
	long result;

	clear("./moved");
	for (int i = 0; i < 2; i++) {
		clear(both[i]);
		s->prepare(both[i]);
		before[i] = s->state(both[i]);
	}
	make_file(memory->other);
	if (!free_running) {
		memory->name[LETTER] = 'A';
		while (!ready)
			sched_yield();
		ready = 0;
		go = 1;
	}
	result = act(s);
	while (!free_running && !done)
		sched_yield();
	done = 0;
	for (int i = 0; i < 2; i++)
		if (s->state(both[i]) != before[i]) {
			changed = i;
			changes++;
		}
	printf("%s %ld %c\n", s->name, result, changes == 1 ? "AB"[changed] : '-');
}

int main(int count, char **values)
{
	int rounds = count > 2 ? atoi(values[2]) : 0;
	pthread_t thread;

	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (rounds == 0 || memory == MAP_FAILED || unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return 2;
	strcpy(memory->name, "race-A");
	strcpy(memory->other, "other");
	strcpy(memory->decoy, "race-A");
	strcpy(memory->type, "tmpfs");
	strcpy(memory->moved, "moved");
	is_compat = count > 3;
	free_running = strcmp(values[1], "often") == 0;
	letter = strcmp(values[1], "steady") == 0 ? &memory->decoy[LETTER] : &memory->name[LETTER];
	if (pthread_create(&thread, NULL, flip, NULL) != 0)
		return 2;
	for (int i = 0; i < rounds; i++)
		one_round(&scenes[i % SCENES]);
	stop = 1;
	pthread_join(thread, NULL);
	return 0;
}

/* One call again and again. Usage: one-call COUNT [PATH]: getppid, or with a path open and, when that works, close. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **values)
{
	int rounds = count > 1 ? atoi(values[1]) : 0;

	for (int i = 0; i < rounds && count <= 2; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < rounds && count > 2; i++) {
		int file = open(values[2], O_RDONLY);

		if (file >= 0)
			close(file);
	}
	return 0;
}

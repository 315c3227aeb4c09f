/* SPDX-License-Identifier: BSD-2-Clause
 *
 * To be loaded before `l4vm emu` (LD_PRELOAD): keeps a log of what is written to the file
 * DISK_LOG_OF and to standard output, and of the former's flushes, in the order in which
 * they happened, in the file DISK_LOG.  From it disks can be made as they are after a power
 * cut that loses what wasn't flushed.
 *
 * A record is 16 bytes, {kind, bytes, offset} with 4, 4 and 8 bytes, and the bytes: 'W' a
 * write, 'F' a flush that has succeeded, 'O' output.  Output is logged before it is
 * written, so that nobody can have seen what isn't in the log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static int log_fd(void)
{
	static int fd = -1;
	const char *path = getenv("DISK_LOG");

	if (fd < 0 && path)
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return fd;
}

static void log_add(char kind, uint64_t offset, const void *bytes, size_t count)
{
	struct {
		uint32_t kind, bytes;
		uint64_t offset;
	} head = { (uint32_t)kind, (uint32_t)count, offset };
	struct iovec parts[2] = { { &head, sizeof head }, { (void *)bytes, count } };

	pthread_mutex_lock(&log_lock);
	if (writev(log_fd(), parts, 2) != (ssize_t)(sizeof head + count))
		abort();
	pthread_mutex_unlock(&log_lock);
}

static int is_disk(int fd)
{
	const char *path = getenv("DISK_LOG_OF");
	struct stat file, disk;

	return path && !fstat(fd, &file) && !stat(path, &disk) && file.st_ino == disk.st_ino &&
	       file.st_dev == disk.st_dev;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
	ssize_t done = real(fd, bytes, count, offset);

	if (done > 0 && is_disk(fd))
		log_add('W', (uint64_t)offset, bytes, (size_t)done);
	return done;
}

int fdatasync(int fd)
{
	int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
	int status = real(fd);

	if (!status && is_disk(fd))
		log_add('F', 0, NULL, 0);
	return status;
}

/* Standard output, perhaps opened anew. */
static int is_output(int fd)
{
	struct stat file, output;

	return !fstat(fd, &file) && !fstat(STDOUT_FILENO, &output) &&
	       file.st_ino == output.st_ino && file.st_dev == output.st_dev;
}

/* What is logged is written, all of it, by the descriptor that blocks. */
ssize_t write(int fd, const void *bytes, size_t count)
{
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

	if (!is_output(fd))
		return real(fd, bytes, count);
	log_add('O', 0, bytes, count);
	return real(STDOUT_FILENO, bytes, count);
}

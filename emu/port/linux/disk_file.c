/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Disk images in files.  With DISK_SNAPSHOT, written clusters of 64 KiB live in memory
 * and hide the file's; tables of them, each for 64 MiB of the disk, are made when a cluster
 * of theirs is written.
 */
#define _GNU_SOURCE
#include "port/linux/disk_file.h"

#include <emu/port.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLUSTER_SECTORS 128
#define CLUSTER_BYTES (CLUSTER_SECTORS * SECTOR_BYTES)
#define GROUP_CLUSTERS 1024
#define GROUP_SECTORS (GROUP_CLUSTERS * CLUSTER_SECTORS)

/* What a host's file can fail in; each is reported once. */
enum disk_failure { DISK_CANT_READ, DISK_CANT_WRITE, DISK_CANT_FLUSH, DISK_FAILURES };

struct cluster_group {
	uint8_t *cluster[GROUP_CLUSTERS];
};

struct disk_file {
	struct disk disk; /* first: disk_file_close gets its address */
	int fd;
	char *path;
	bool reported[DISK_FAILURES];
	struct cluster_group **group; /* DISK_SNAPSHOT: written clusters; otherwise NULL */
};

/* The file itself. */

static bool file_failed(struct disk_file *f, enum disk_failure failure)
{
	static const char *const verbs[] = { "read", "written", "flushed" };
	char line[4400];

	if (!f->reported[failure]) {
		snprintf(line, sizeof line, "disk '%s' can't be %s: %s", f->path, verbs[failure],
			 strerror(errno));
		port_log(line);
	}
	f->reported[failure] = true;
	return false;
}

/* The end of a file that has become shorter is an error, too. */
static bool file_transfer(int fd, bool write, uint64_t offset, uint8_t *bytes, size_t count)
{
	while (count) {
		ssize_t done = write ? pwrite(fd, bytes, count, (off_t)offset) :
				       pread(fd, bytes, count, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			errno = done ? errno : ENODATA;
			return false;
		}
		bytes += done;
		offset += (uint64_t)done;
		count -= (size_t)done;
	}
	return true;
}

static bool disk_file_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	struct disk_file *f = port;

	return file_transfer(f->fd, false, sector * SECTOR_BYTES, bytes,
			     (size_t)count * SECTOR_BYTES) ||
	       file_failed(f, DISK_CANT_READ);
}

static bool disk_file_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	struct disk_file *f = port;

	return file_transfer(f->fd, true, sector * SECTOR_BYTES, (uint8_t *)bytes,
			     (size_t)count * SECTOR_BYTES) ||
	       file_failed(f, DISK_CANT_WRITE);
}

static bool disk_file_flush(void *port)
{
	struct disk_file *f = port;

	return !fdatasync(f->fd) || file_failed(f, DISK_CANT_FLUSH);
}

/* Snapshots. */

static uint32_t cluster_part(uint64_t sector, uint32_t count)
{
	uint32_t left = CLUSTER_SECTORS - (uint32_t)(sector % CLUSTER_SECTORS);

	return count < left ? count : left;
}

static uint8_t *cluster_at(const struct disk_file *f, uint64_t sector)
{
	uint64_t n = sector / CLUSTER_SECTORS;
	const struct cluster_group *group = f->group[n / GROUP_CLUSTERS];
	uint8_t *cluster = group ? group->cluster[n % GROUP_CLUSTERS] : NULL;

	return cluster ? cluster + sector % CLUSTER_SECTORS * SECTOR_BYTES : NULL;
}

static bool snapshot_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	struct disk_file *f = port;

	while (count) {
		uint32_t part = cluster_part(sector, count);
		const uint8_t *from = cluster_at(f, sector);

		if (from)
			memcpy(bytes, from, (size_t)part * SECTOR_BYTES);
		else if (!disk_file_read(f, sector, part, bytes))
			return false;
		bytes = (uint8_t *)bytes + (size_t)part * SECTOR_BYTES;
		sector += part;
		count -= part;
	}
	return true;
}

/* Where a cluster's address is kept; NULL: no memory. */
static uint8_t **cluster_slot(struct disk_file *f, uint64_t sector)
{
	uint64_t n = sector / CLUSTER_SECTORS;
	struct cluster_group **group = &f->group[n / GROUP_CLUSTERS];

	if (!*group)
		*group = calloc(1, sizeof **group);
	return *group ? &(*group)->cluster[n % GROUP_CLUSTERS] : NULL;
}

/* Copies a cluster from the file before its first change. */
static bool cluster_make(struct disk_file *f, uint64_t sector)
{
	uint8_t **slot = cluster_slot(f, sector);
	uint64_t first = sector / CLUSTER_SECTORS * CLUSTER_SECTORS;
	uint64_t left = f->disk.sectors - first;
	uint8_t *cluster = slot ? malloc(CLUSTER_BYTES) : NULL;

	if (!cluster)
		return file_failed(f, DISK_CANT_WRITE);
	if (!disk_file_read(f, first, left < CLUSTER_SECTORS ? (uint32_t)left : CLUSTER_SECTORS,
			    cluster)) {
		free(cluster);
		return false;
	}
	*slot = cluster;
	return true;
}

static bool snapshot_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	struct disk_file *f = port;

	while (count) {
		uint32_t part = cluster_part(sector, count);

		if (!cluster_at(f, sector) && !cluster_make(f, sector))
			return false;
		memcpy(cluster_at(f, sector), bytes, (size_t)part * SECTOR_BYTES);
		bytes = (const uint8_t *)bytes + (size_t)part * SECTOR_BYTES;
		sector += part;
		count -= part;
	}
	return true;
}

static uint64_t group_count(const struct disk_file *f)
{
	return (f->disk.sectors + GROUP_SECTORS - 1) / GROUP_SECTORS;
}

static bool snapshot_make(struct disk_file *f)
{
	f->group = calloc(group_count(f), sizeof *f->group);
	f->disk.read = snapshot_read;
	f->disk.write = snapshot_write;
	f->disk.flush = NULL;
	return f->group;
}

static void snapshot_free(struct disk_file *f)
{
	for (uint64_t i = 0; f->group && i < group_count(f); i++) {
		for (unsigned k = 0; f->group[i] && k < GROUP_CLUSTERS; k++)
			free(f->group[i]->cluster[k]);
		free(f->group[i]);
	}
	free(f->group);
}

/* Opening. */

static bool refuse(char *error, size_t room, const char *path, const char *why)
{
	snprintf(error, room, "disk '%s': %s", path, why);
	return false;
}

static bool is_qcow2(int fd)
{
	static const uint8_t magic[4] = { 'Q', 'F', 'I', 0xFB };
	uint8_t bytes[4];

	return file_transfer(fd, false, 0, bytes, sizeof bytes) && !memcmp(bytes, magic, 4);
}

/* Runs qemu-img, which ends if this program does, and waits for it. */
static bool run_convert(const char *from, int to)
{
	char file[32];
	char *arguments[] = { "qemu-img", "convert",    "-f", "qcow2", "-O",
			      "raw",      (char *)from, file, NULL };
	pid_t parent = getpid(), child;
	int status;

	snprintf(file, sizeof file, "/proc/self/fd/%d", to);
	child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		fcntl(to, F_SETFD, 0);
		if (getppid() == parent)
			execvp(arguments[0], arguments);
		_exit(127);
	}
	if (child < 0)
		return false;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* A file without a name, so that nothing is left of it whatever happens. */
static int make_temporary(char *error, size_t room)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/l4vm-disk-XXXXXX", folder && *folder ? folder : "/var/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		refuse(error, room, path, strerror(errno));
	else
		unlink(path);
	return fd;
}

/* Puts a nameless raw copy in the place of the qcow2 file `*fd`. */
static bool convert_qcow2(int *fd, const char *path, char *error, size_t room)
{
	char from[4096], line[4400];
	int copy = make_temporary(error, room);

	if (copy < 0)
		return false;
	/* No path may look like an option or a protocol. */
	snprintf(from, sizeof from, "%s%s", path[0] == '/' ? "" : "./", path);
	snprintf(line, sizeof line,
		 "disk '%s' is a qcow2 image: using a temporary raw copy, "
		 "changes to it are lost",
		 path);
	port_log(line);
	if (!run_convert(from, copy)) {
		close(copy);
		return refuse(error, room, path,
			      "a qcow2 image has to be converted by qemu-img, which isn't "
			      "installed or failed");
	}
	close(*fd);
	*fd = copy;
	return true;
}

static bool open_and_lock(int *fd, const char *path, bool writable, char *error, size_t room)
{
	struct stat about;

	*fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return refuse(error, room, path, strerror(errno));
	if (fstat(*fd, &about) || (!S_ISREG(about.st_mode) && !S_ISBLK(about.st_mode)))
		return refuse(error, room, path, "not a file or block device");
	if (flock(*fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB) && errno == EWOULDBLOCK)
		return refuse(error, room, path, "in use by another machine, or given twice");
	return true;
}

/* A name for the guest that stays the same as long as the path does. */
static void make_serial(struct disk *disk, const char *path)
{
	uint32_t hash = 2166136261u;

	for (; *path; path++)
		hash = (hash ^ (uint8_t)*path) * 16777619u;
	snprintf(disk->serial, sizeof disk->serial, "L4VM%08x", hash);
}

static bool set_up(struct disk_file *f, const char *path, unsigned options, char *error,
		   size_t room)
{
	off_t bytes;

	if (is_qcow2(f->fd) && !convert_qcow2(&f->fd, path, error, room))
		return false;
	bytes = lseek(f->fd, 0, SEEK_END);
	if (bytes <= 0 || bytes % SECTOR_BYTES)
		return refuse(error, room, path,
			      bytes < 0 ? strerror(errno) :
					  "its size isn't a positive multiple of 512 bytes");
	f->disk = (struct disk){
		.port = f,
		.read = disk_file_read,
		.write = disk_file_write,
		.flush = disk_file_flush,
		.sectors = (uint64_t)bytes / SECTOR_BYTES,
		.read_only = options & DISK_READ_ONLY,
	};
	make_serial(&f->disk, path);
	if ((options & DISK_SNAPSHOT) && !snapshot_make(f))
		return refuse(error, room, path, "no memory for a snapshot");
	return true;
}

static void disk_file_free(struct disk_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	snapshot_free(f);
	free(f->path);
	free(f);
}

struct disk *disk_file_open(const char *path, unsigned options, char *error, size_t room)
{
	struct disk_file *f = calloc(1, sizeof *f);

	if (f) {
		f->fd = -1;
		f->path = strdup(path);
	}
	if (!f || !f->path)
		refuse(error, room, path, "no memory");
	else if (open_and_lock(&f->fd, path, !options, error, room) &&
		 set_up(f, path, options, error, room))
		return &f->disk;
	if (f)
		disk_file_free(f);
	return NULL;
}

bool disk_file_close(struct disk *disk)
{
	struct disk_file *f = (struct disk_file *)disk;
	bool good = !f || f->group || disk->read_only || disk_file_flush(f);

	if (f)
		disk_file_free(f);
	return good;
}

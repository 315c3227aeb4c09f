/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Saved machines as files, and reading whole files.
 */
#define _GNU_SOURCE
#include <emu/archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/linux/port_linux.h"

static bool write_bytes(void *context, void *bytes, size_t count)
{
	return fwrite(bytes, 1, count, context) == count;
}

static bool read_bytes(void *context, void *bytes, size_t count)
{
	return fread(bytes, 1, count, context) == count;
}

static bool say(char *error, size_t room, const char *what, const char *path)
{
	snprintf(error, room, "%s '%s': %s", what, path, strerror(errno));
	return false;
}

/* Makes the new name last, too. */
static void sync_folder(const char *path)
{
	char folder[4096];
	char *slash;
	int fd;

	snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[1] = 0;
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

bool state_save(struct machine *m, const char *path, char *error, size_t room)
{
	char temporary[4096], why[256];
	struct archive *a;
	FILE *file;
	bool good;

	if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
		errno = ENAMETOOLONG;
		return say(error, room, "can't save to", path);
	}
	file = fopen(temporary, "wb");
	a = file ? archive_begin_save(write_bytes, file) : NULL;
	if (!a) {
		if (file)
			fclose(file);
		return say(error, room, "can't save to", temporary);
	}
	errno = 0;
	machine_state(m, a);
	good = archive_end(a, why, sizeof why);
	if (!good) {
		snprintf(error, room, "can't save to '%s': %s", path,
			 errno ? strerror(errno) : why);
		fclose(file);
		unlink(temporary);
		return false;
	}
	good = !fflush(file) && !fsync(fileno(file));
	good = !fclose(file) && good;
	if (!good || rename(temporary, path)) {
		say(error, room, "can't save to", path);
		unlink(temporary);
		return false;
	}
	sync_folder(path);
	return true;
}

bool state_load(struct machine *m, const char *path, char *error, size_t room)
{
	FILE *file = fopen(path, "rb");
	struct archive *a;
	char why[256];
	bool good;

	if (!file)
		return say(error, room, "can't restore from", path);
	a = archive_begin_load(read_bytes, file);
	if (!a) {
		fclose(file);
		errno = ENOMEM;
		return say(error, room, "can't restore from", path);
	}
	machine_state(m, a);
	good = archive_end(a, why, sizeof why);
	if (!good)
		snprintf(error, room, "can't restore from '%s': %s", path, why);
	fclose(file);
	return good;
}

struct blob file_read(const char *path, char *error, size_t room)
{
	struct blob blob = { NULL, 0 };
	struct stat status;
	uint8_t *bytes;
	/* Not to wait for what isn't a file. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");

	if (!file || fstat(fd, &status)) {
		say(error, room, "can't read", path);
		if (file)
			fclose(file);
		return blob;
	}
	if (!S_ISREG(status.st_mode)) {
		snprintf(error, room, "can't read '%s': it is not a regular file", path);
		fclose(file);
		return blob;
	}
	bytes = malloc((size_t)status.st_size + 1);
	if (bytes && fread(bytes, 1, (size_t)status.st_size, file) == (size_t)status.st_size) {
		blob = (struct blob){ bytes, (size_t)status.st_size };
	} else {
		say(error, room, "can't read", path);
		free(bytes);
	}
	fclose(file);
	return blob;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Temporary folders; see scratch.h.
 *
 * Between a folder's making and its locking another l4vm may take it for a leftover, lock it
 * and remove it.  So a folder counts as had only when it is locked and still there.
 */
#define _GNU_SOURCE
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "text.h"

#define PREFIX "l4vm-scratch-"
#define RANDOM "XXXXXX"
#define ATTEMPTS 16

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *temporary_folder(void)
{
	const char *where = getenv("TMPDIR");

	return where && *where ? where : "/tmp";
}

/* The folder, if it is there and nobody has it locked; else -1. */
static int scratch_lock(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat opened, named;

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && !fstat(fd, &opened) &&
	    !lstat(path, &named) && opened.st_ino == named.st_ino &&
	    opened.st_dev == named.st_dev && opened.st_uid == geteuid())
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool scratch_is_name(const char *name)
{
	return !strncmp(name, PREFIX, strlen(PREFIX)) &&
	       strlen(name) == strlen(PREFIX) + strlen(RANDOM);
}

static void scratch_remove_leftover(const char *where, const char *name)
{
	char *path = text_format("%s/%s", where, name);
	int fd = scratch_lock(path);

	if (fd >= 0) {
		remove_tree(path);
		close(fd);
	}
	free(path);
}

static void scratch_remove_leftovers(const char *where)
{
	DIR *folder = opendir(where);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (scratch_is_name(entry->d_name))
			scratch_remove_leftover(where, entry->d_name);
	if (folder)
		closedir(folder);
}

bool scratch_open(struct scratch *s)
{
	const char *where = temporary_folder();
	bool made = true;

	*s = (struct scratch){ .lock = -1 };
	scratch_remove_leftovers(where);
	for (unsigned i = 0; made && s->lock < 0 && i < ATTEMPTS; i++) {
		free(s->path);
		s->path = text_format("%s/" PREFIX RANDOM, where);
		made = mkdtemp(s->path);
		s->lock = made ? scratch_lock(s->path) : -1;
	}
	if (made && s->lock >= 0)
		return true;
	complain("can't %s the folder '%s': %s", made ? "lock" : "make", s->path, strerror(errno));
	if (made)
		remove_tree(s->path);
	free(s->path);
	s->path = NULL;
	return false;
}

void scratch_close(struct scratch *s)
{
	if (!s->path)
		return;
	remove_tree(s->path);
	close(s->lock);
	free(s->path);
	*s = (struct scratch){ .lock = -1 };
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Images.  grub-mkrescue takes each file from where it is, so that nothing large is
 * copied before it; output gets its name only when it is complete.
 */
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "command.h"
#include "menu.h"
#include "progress.h"
#include "scratch.h"
#include "text.h"

#define COPY_BYTES (1u << 20)

static bool bytes_write(const char *path, const void *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");
	bool good = file && fwrite(bytes, 1, count, file) == count;

	good = file && !fclose(file) && good;
	if (!good)
		complain("can't write '%s': %s", path, strerror(errno));
	return good;
}

static bool manifest_file(struct image *image)
{
	struct module *m = &image->plan->module[PLAN_MANIFEST];
	char *path = text_format("%s/manifest.dtb", image->scratch.path);
	void *bytes;
	size_t count;
	bool good;

	image->file[PLAN_MANIFEST] = path;
	bytes = manifest_make(image->plan, &count);
	good = bytes && bytes_write(path, bytes, count);
	m->bytes = count;
	free(bytes);
	return good;
}

static bool convert(struct image *image, unsigned n)
{
	const struct module *m = &image->plan->module[n];
	char *raw = text_format("%s/raw-%u", image->scratch.path, n);
	char *log = text_format("%s/log", image->scratch.path);
	char *what = text_format("converting %s", m->name);
	const char *words[] = { "qemu-img", "convert", "-f",      "qcow2", "-O",
				"raw",      "--",      m->source, raw };
	struct words command = { 0 };
	bool good = child_have("qemu-img", "qemu-utils");

	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		words_add(&command, words[i]);
	if (good) {
		progress_begin(what, m->bytes);
		good = child_run(&command, log, raw);
	}
	words_free(&command);
	free(what);
	free(log);
	image->file[n] = raw;
	return good;
}

bool image_open(struct image *image, const struct plan *plan)
{
	bool good = true;

	*image = (struct image){ .plan = plan, .file = calloc(plan->modules, sizeof(char *)) };
	if (!image->file)
		complain("not enough memory");
	if (!image->file || !scratch_open(&image->scratch))
		return false;
	for (unsigned i = 0; good && i < plan->modules; i++) {
		if (i == PLAN_MANIFEST)
			good = manifest_file(image);
		else if (plan->module[i].convert)
			good = convert(image, i);
		else
			image->file[i] = text_copy(plan->module[i].source);
	}
	return good;
}

void image_close(struct image *image)
{
	scratch_close(&image->scratch);
	for (unsigned i = 0; image->file && i < image->plan->modules; i++)
		free(image->file[i]);
	free(image->file);
	*image = (struct image){ 0 };
}

static bool menu_file(const struct plan *plan, const char *path)
{
	FILE *file = fopen(path, "w");
	bool good;

	if (file)
		menu_write(file, plan);
	good = file && !ferror(file);
	good = file && !fclose(file) && good;
	if (!good)
		complain("can't write '%s': %s", path, strerror(errno));
	return good;
}

/* "/inside=/outside" for grub-mkrescue, with '=' and '\' in paths escaped. */
static void words_add_graft(struct words *w, const char *inside, const char *outside)
{
	char *graft = malloc(2 * (strlen(inside) + strlen(outside)) + 2), *to = graft;
	const char *parts[] = { inside, "=", outside };

	for (unsigned i = 0; graft && i < 3; i++) {
		for (const char *c = parts[i]; *c; c++) {
			if (i != 1 && strchr("=\\", *c))
				*to++ = '\\';
			*to++ = *c;
		}
	}
	if (graft) {
		*to = 0;
		words_add(w, graft);
	}
	free(graft);
}

static uint64_t image_bytes(const struct image *image)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < image->plan->modules; i++)
		bytes += image->plan->module[i].bytes;
	return bytes;
}

static void iso_command(const struct image *image, const char *menu, const char *part,
			struct words *command)
{
	char *kernel = realpath(image->plan->kernel, NULL);

	words_add(command, "grub-mkrescue");
	words_add(command, "-o");
	words_add(command, part);
	words_add_graft(command, "/boot/grub/grub.cfg", menu);
	words_add_graft(command, "/boot/l4vm", kernel ? kernel : image->plan->kernel);
	for (unsigned i = 0; i < image->plan->modules; i++) {
		char *inside = text_format("/l4vm/%s", image->plan->module[i].name);

		words_add_graft(command, inside, image->file[i]);
		free(inside);
	}
	free(kernel);
}

static bool have_iso_programs(void)
{
	return child_have("grub-mkrescue", "grub-common grub-pc-bin") &&
	       child_have("xorriso", "xorriso") && child_have("mformat", "mtools");
}

/* Gives a complete output its name. */
static bool output_finish(const char *part, const char *path)
{
	if (!rename(part, path))
		return true;
	complain("can't write '%s': %s", path, strerror(errno));
	return false;
}

bool image_write_iso(const struct image *image, const char *path)
{
	char *part = text_format("%s.part-%d", path, (int)getpid());
	char *menu = text_format("%s/grub.cfg", image->scratch.path);
	char *log = text_format("%s/log", image->scratch.path);
	char *what = text_format("writing %s", path_base(path));
	struct words command = { 0 };
	bool good = have_iso_programs() && bytes_write(part, "", 0) && menu_file(image->plan, menu);

	if (good) {
		iso_command(image, menu, part, &command);
		progress_begin(what, image_bytes(image));
		good = child_run(&command, log, part) && output_finish(part, path);
	}
	if (!good)
		unlink(part);
	words_free(&command);
	free(what);
	free(log);
	free(menu);
	free(part);
	return good;
}

static bool copy_contents(int in, int out, uint64_t *done)
{
	char *buffer = malloc(COPY_BYTES);
	ssize_t got = -1;
	bool good = buffer;

	while (good && !child_signal() && (got = read(in, buffer, COPY_BYTES)) > 0) {
		good = write(out, buffer, (size_t)got) == got;
		*done += (uint64_t)got;
		progress_set(*done);
	}
	free(buffer);
	return good && got == 0;
}

static bool copy_file(const char *from, const char *to, uint64_t *done)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool good = in >= 0 && out >= 0 && copy_contents(in, out, done);

	if (in >= 0)
		close(in);
	if (out >= 0 && close(out))
		good = false;
	if (!good && !child_signal())
		complain("can't copy '%s' to '%s': %s", from, to, strerror(errno));
	return good;
}

static bool folder_make(const char *path)
{
	if (!mkdir(path, 0755))
		return true;
	complain("can't make the folder '%s': %s", path, strerror(errno));
	return false;
}

static bool folder_path(const char *part, const char *inside, char **path)
{
	free(*path);
	*path = text_format("%s/%s", part, inside);
	return true;
}

static bool folder_fill(const struct image *image, const char *part)
{
	const struct plan *plan = image->plan;
	char *path = NULL;
	uint64_t done = 0;
	bool good = folder_make(part) && folder_path(part, "boot", &path) && folder_make(path) &&
		    folder_path(part, "boot/grub", &path) && folder_make(path) &&
		    folder_path(part, "boot/grub/grub.cfg", &path) && menu_file(plan, path) &&
		    folder_path(part, "boot/l4vm", &path) && copy_file(plan->kernel, path, &done) &&
		    folder_path(part, "l4vm", &path) && folder_make(path);

	for (unsigned i = 0; good && i < plan->modules; i++) {
		free(path);
		path = text_format("%s/l4vm/%s", part, plan->module[i].name);
		good = copy_file(image->file[i], path, &done);
	}
	free(path);
	return good;
}

bool image_write_folder(const struct image *image, const char *path)
{
	char *part, *what;
	bool good;

	if (!access(path, F_OK)) {
		complain("'%s' exists already; remove it or name another folder", path);
		return false;
	}
	part = text_format("%s.part-%d", path, (int)getpid());
	what = text_format("writing %s", path_base(path));
	progress_begin(what, image_bytes(image));
	good = folder_fill(image, part);
	progress_end(good);
	good = good && output_finish(part, path);
	if (!good)
		remove_tree(part);
	free(what);
	free(part);
	return good;
}

bool image_link(const struct image *image)
{
	const struct plan *plan = image->plan;
	bool good = true;

	for (unsigned i = 0; good && i < plan->modules; i++) {
		char *link = text_format("%s/%s", image->scratch.path, plan->module[i].name);
		char *file = realpath(image->file[i], NULL);

		good = file && !symlink(file, link);
		if (!good)
			complain("can't make the link '%s': %s", link, strerror(errno));
		free(file);
		free(link);
	}
	return good;
}

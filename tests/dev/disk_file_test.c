/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Disk images in files, and screenshots, in a temporary folder.
 */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "port/linux/disk_file.h"
#include "port/linux/port_linux.h"

static char folder[] = "/tmp/l4vm-test-XXXXXX";
static char path[256], error[512];
static bool flush_fails;

/* Instead of the library's. */
int fdatasync(int fd)
{
	errno = EIO;
	return flush_fails ? -1 : fsync(fd);
}

static void make_file(const char *name, size_t bytes, const char *begin)
{
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "wb");
	for (size_t i = 0; i < bytes; i++)
		putc(i < strlen(begin) ? begin[i] : (int)(i / 512 & 0xFF), file);
	fclose(file);
}

static int file_byte(long at)
{
	FILE *file = fopen(path, "rb");
	int byte;

	fseek(file, at, SEEK_SET);
	byte = getc(file);
	fclose(file);
	return byte;
}

static void test_raw(void)
{
	uint8_t bytes[1024] = { 0 };
	struct disk *disk, *other;

	make_file("raw", 1024 * 512, "");
	disk = disk_file_open(path, 0, error, sizeof error);
	ok(disk && disk->sectors == 1024 && !disk->read_only, "a raw image");
	ok(disk_read(disk, 7, 2, bytes) && bytes[0] == 7 && bytes[512] == 8, "read");
	ok(!disk_read(disk, 1023, 2, bytes), "not beyond the end");
	memset(bytes, 0xAB, sizeof bytes);
	ok(disk_write(disk, 9, 1, bytes) && disk_flush(disk), "written and flushed");
	is(file_byte(9 * 512), 0xAB, "to the file");
	other = disk_file_open(path, 0, error, sizeof error);
	ok(!other && strstr(error, "in use"), "one machine at a time: %s", error);
	disk_file_close(disk);
	disk = disk_file_open(path, DISK_READ_ONLY, error, sizeof error);
	other = disk_file_open(path, DISK_READ_ONLY, error, sizeof error);
	ok(disk && other && disk->read_only, "unless both only read");
	ok(!disk_write(disk, 0, 1, bytes), "read-only");
	disk_file_close(disk);
	disk_file_close(other);
	disk_file_close(NULL);
}

static void test_snapshot(void)
{
	static uint8_t bytes[300 * 512], back[300 * 512];
	struct disk *disk;

	make_file("snapshot", 1000 * 512, "");
	disk = disk_file_open(path, DISK_SNAPSHOT, error, sizeof error);
	memset(bytes, 0xCD, sizeof bytes);
	ok(disk && disk_write(disk, 100, 300, bytes), "written over several clusters");
	ok(disk_write(disk, 999, 1, bytes), "and into the last one, which isn't whole");
	ok(disk_read(disk, 100, 300, back) && !memcmp(back, bytes, sizeof bytes), "read again");
	ok(disk_read(disk, 99, 2, back) && back[0] == 99 && back[512] == 0xCD, "and its border");
	ok(disk_read(disk, 400, 200, back) && back[0] == (400 & 0xFF) &&
		   back[199 * 512] == (599 & 0xFF),
	   "the rest as in the file");
	is(file_byte(100 * 512), 100, "which hasn't changed");
	disk_file_close(disk);

	/* Two tables of clusters meet at 64 MiB. */
	ok(!truncate(path, 1ll << 40), "a large file");
	disk = disk_file_open(path, DISK_SNAPSHOT, error, sizeof error);
	ok(disk && disk_write(disk, (64 << 11) - 100, 200, bytes), "written across tables");
	ok(disk_read(disk, (64 << 11) - 100, 200, back) && !memcmp(back, bytes, 200 * 512),
	   "read again");
	ok(disk_write(disk, (1ull << 31) - 1, 1, bytes) &&
		   disk_read(disk, (1ull << 31) - 2, 2, back) && back[0] == 0 && back[512] == 0xCD,
	   "and its last sector");
	disk_file_close(disk);
}

static void test_refusals(void)
{
	make_file("odd", 1000, "");
	ok(!disk_file_open(path, 0, error, sizeof error) && strstr(error, "multiple of 512"),
	   "refused: %s", error);
	make_file("empty", 0, "");
	ok(!disk_file_open(path, 0, error, sizeof error), "refused: %s", error);
	ok(!disk_file_open(folder, DISK_READ_ONLY, error, sizeof error), "refused: %s", error);
	snprintf(path, sizeof path, "%s/none", folder);
	ok(!disk_file_open(path, 0, error, sizeof error) && strstr(error, "No such file"),
	   "refused: %s", error);
	/* Not a good image, whether qemu-img is installed or not. */
	make_file("qcow2", 1024, "QFI\xFB");
	ok(!disk_file_open(path, DISK_SNAPSHOT, error, sizeof error) && strstr(error, "qemu-img"),
	   "refused: %s", error);
}

/* Lines of the log that have some words. */
static unsigned lines_with(FILE *log, const char *words)
{
	char line[512];
	unsigned lines = 0;

	rewind(log);
	while (fgets(line, sizeof line, log))
		lines += strstr(line, path) && strstr(line, words);
	return lines;
}

static void test_failures(void)
{
	static uint8_t bytes[512];
	struct rlimit before, small = { 4096, RLIM_INFINITY };
	struct disk *disk;
	FILE *log = tmpfile();

	make_file("fails", 16 * 512, "");
	disk = disk_file_open(path, 0, error, sizeof error);
	port_set_log(log);
	ok(disk_read(disk, 15, 1, bytes) && disk_write(disk, 15, 1, bytes) && disk_flush(disk) &&
		   lines_with(log, "") == 0,
	   "what succeeds isn't logged");
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	ok(!disk_write(disk, 15, 1, bytes) && !disk_write(disk, 14, 1, bytes), "a file too large");
	setrlimit(RLIMIT_FSIZE, &before);
	is(lines_with(log, "can't be written: File too large"), 1, "is logged once");
	ok(!truncate(path, 4096) && !disk_read(disk, 15, 1, bytes), "a file that became shorter");
	is(lines_with(log, "can't be read: No data available"), 1, "is logged");
	flush_fails = true;
	ok(!disk_flush(disk) && !disk_file_close(disk), "a flush that fails, and the last one");
	is(lines_with(log, "can't be flushed: Input/output error"), 1, "are logged once");
	flush_fails = false;
	port_set_log(NULL);
	fclose(log);
}

static void test_screenshot(void)
{
	static const uint32_t pixels[6] = { 0xFF0000, 0x00FF00, 0, 0x0000FF, 0xFFFFFF, 0 };

	snprintf(path, sizeof path, "%s/a.png", folder);
	ok(png_write(path, pixels, 2, 2, 3), "a screenshot");
	ok(file_byte(0) == 0x89 && file_byte(1) == 'P' && file_byte(19) == 2, "is a PNG file");
	ok(!png_write(path, pixels, 0, 2, 3), "not of nothing");
}

int main(void)
{
	char command[300];

	if (!mkdtemp(folder))
		return 1;
	test_raw();
	test_snapshot();
	test_refusals();
	test_failures();
	test_screenshot();
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) || done();
}

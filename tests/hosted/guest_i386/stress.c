/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A file system under stress, in a Linux guest for i386, without a C library:
 *
 *	stress FOLDER SEED
 *
 * works in FOLDER until the machine is no more, and says on its output what has reached the
 * disk for certain, as fsync has returned:
 *
 *	W slot version		the file f<slot> holds that version, or a later one
 *	D slot version		f<slot>, which had that version, is gone
 *	L count			the file `log` has so many records, or more
 *	P page version		the page of the file `db` holds that version, or a later one
 *
 * and with small letters what is begun.  Of d, and of w for a file that isn't there, it waits
 * for a line on its input before it does it, so that whoever reads knows of it in time.  All
 * content is sectors of sixteen-byte records {slot, version, sector, bytes}, cut to `bytes`.
 */
typedef unsigned uint;

#define SLOTS 24u
#define PAGES 64u
#define PAGE_BYTES 4096u
#define SECTOR 512u
#define FILE_MOST (48u * 1024u)
#define SLOT_DB 1000u
#define SLOT_LOG 2000u
#define NOISE_FILES 16u

enum { O_RDWR = 2, O_CREAT = 0100, O_TRUNC = 01000, O_APPEND = 02000, O_DIRECTORY = 0200000 };
enum {
	EXIT = 1,
	READ = 3,
	WRITE = 4,
	OPEN = 5,
	CLOSE = 6,
	UNLINK = 10,
	CHDIR = 12,
	RENAME = 38,
	MKDIR = 39,
	RMDIR = 40,
	FSYNC = 118,
	FDATASYNC = 148,
	PWRITE64 = 181
};

static long system_call4(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
			 : "memory");
	return result;
}

static long system_call(long number, long a, long b, long c)
{
	return system_call4(number, a, b, c, 0);
}

static uint state;
static uint versions[SLOTS], page_versions[PAGES];
static uint last_version, records;
static int folder, log_file, db_file;
static uint buffer[FILE_MOST / sizeof(uint)];

static uint random_below(uint end)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (state >> 8) % end;
}

static char *put_number(char *to, uint number)
{
	char digits[10];
	uint n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	while (n > 0)
		*to++ = digits[--n];
	return to;
}

static void say(char letter, uint a, uint b)
{
	char line[40], *end = line;

	*end++ = letter;
	*end++ = ' ';
	end = put_number(end, a);
	*end++ = ' ';
	end = put_number(end, b);
	*end++ = '\n';
	system_call(WRITE, 1, (long)line, end - line);
}

/* Anything that fails ends it with a line that is no report. */
static long must(long result, char what)
{
	if (result < 0) {
		say('!', (uint)what, (uint)-result);
		system_call(EXIT, 1, 0, 0);
	}
	return result;
}

static void wait_for_line(void)
{
	char byte;

	do
		must(system_call(READ, 0, (long)&byte, 1), 'r');
	while (byte != '\n');
}

static void name_of(char *to, char letter, uint number)
{
	*to++ = letter;
	to = put_number(to, number);
	*to = 0;
}

static void fill(uint slot, uint version, uint bytes)
{
	uint *to = buffer;

	for (uint sector = 0; sector * SECTOR < bytes; sector++)
		for (uint i = 0; i < SECTOR / 16; i++) {
			*to++ = slot;
			*to++ = version;
			*to++ = sector;
			*to++ = bytes;
		}
}

static void write_file(const char *name, uint slot, uint version, uint bytes)
{
	int file = (int)must(system_call(OPEN, (long)name, O_RDWR | O_CREAT | O_TRUNC, 0644), 'o');

	fill(slot, version, bytes);
	for (uint done = 0; done < bytes;)
		done += (uint)must(
			system_call(WRITE, file, (long)buffer + (long)done, (long)(bytes - done)),
			'w');
	must(system_call(FSYNC, file, 0, 0), 'f');
	system_call(CLOSE, file, 0, 0);
}

static void sync_folder(void)
{
	must(system_call(FSYNC, folder, 0, 0), 'F');
}

/* A new file where there is none, otherwise by a rename that replaces the old one. */
static void change_slot(uint slot)
{
	uint version = ++last_version, bytes = 1 + random_below(FILE_MOST - 1);
	char name[16];

	name_of(name, 'f', slot);
	say('w', slot, version);
	if (versions[slot]) {
		write_file("new", slot, version, bytes);
		must(system_call(RENAME, (long)"new", (long)name, 0), 'n');
	} else {
		wait_for_line();
		write_file(name, slot, version, bytes);
	}
	sync_folder();
	versions[slot] = version;
	say('W', slot, version);
}

static void delete_slot(uint slot)
{
	char name[16];

	if (!versions[slot])
		return;
	name_of(name, 'f', slot);
	say('d', slot, versions[slot]);
	wait_for_line();
	must(system_call(UNLINK, (long)name, 0, 0), 'u');
	sync_folder();
	say('D', slot, versions[slot]);
	versions[slot] = 0;
}

static void append_record(void)
{
	fill(SLOT_LOG, records, SECTOR);
	must(system_call(WRITE, log_file, (long)buffer, SECTOR), 'l');
	must(system_call(FDATASYNC, log_file, 0, 0), 's');
	say('L', ++records, 0);
}

static void change_page(uint page)
{
	uint version = ++last_version;

	say('p', page, version);
	fill(SLOT_DB + page, version, PAGE_BYTES);
	/* Its fifth argument is the offset's upper half. */
	must(system_call4(PWRITE64, db_file, (long)buffer, PAGE_BYTES, (long)(page * PAGE_BYTES)),
	     'p');
	must(system_call(FDATASYNC, db_file, 0, 0), 'S');
	page_versions[page] = version;
	say('P', page, version);
}

/* Work for the journal that nobody waits for. */
static void make_noise(void)
{
	char name[16], other[16];

	name_of(name, 'n', random_below(NOISE_FILES));
	name_of(other, 'm', random_below(NOISE_FILES));
	switch (random_below(4)) {
	case 0:
		system_call(RENAME, (long)name, (long)other, 0);
		break;
	case 1:
		system_call(UNLINK, (long)other, 0, 0);
		break;
	case 2:
		if (system_call(MKDIR, (long)name, 0755, 0) < 0)
			system_call(RMDIR, (long)name, 0, 0);
		break;
	default: {
		long file = system_call(OPEN, (long)other, O_RDWR | O_CREAT | O_APPEND, 0644);

		if (file >= 0) {
			system_call(WRITE, file, (long)buffer, (long)random_below(8192));
			system_call(CLOSE, file, 0, 0);
		}
	}
	}
}

static void prepare(const char *path)
{
	must(system_call(CHDIR, (long)path, 0, 0), 'c');
	folder = (int)must(system_call(OPEN, (long)".", O_DIRECTORY, 0), 'd');
	log_file =
		(int)must(system_call(OPEN, (long)"log", O_RDWR | O_CREAT | O_APPEND, 0644), 'g');
	db_file = (int)must(system_call(OPEN, (long)"db", O_RDWR | O_CREAT, 0644), 'b');
	sync_folder();
	for (uint page = 0; page < PAGES; page++) {
		fill(SLOT_DB + page, 0, PAGE_BYTES);
		must(system_call(WRITE, db_file, (long)buffer, PAGE_BYTES), 'B');
	}
	must(system_call(FSYNC, db_file, 0, 0), 'y');
	say('P', 0, 0);
}

__attribute__((used)) static void stress_main(const long *stack)
{
	const char *const *arguments = (const char *const *)(stack + 1);

	state = 2463534242u;
	for (const char *c = arguments[2]; *c; c++)
		state = state * 31 + (uint)*c;
	state |= 1u << 31;
	prepare(arguments[1]);
	for (;;) {
		uint what = random_below(16);

		if (what < 5)
			change_slot(random_below(SLOTS));
		else if (what < 7)
			delete_slot(random_below(SLOTS));
		else if (what < 9)
			append_record();
		else if (what < 12)
			change_page(random_below(PAGES));
		else
			make_noise();
	}
}

__attribute__((naked, noreturn)) void _start(void)
{
	__asm__("movl %esp, %eax; andl $-16, %esp; subl $12, %esp; pushl %eax; call stress_main");
}

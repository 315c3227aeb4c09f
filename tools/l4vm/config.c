/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads a configuration with inih.  inih tells neither line numbers nor headings, reports
 * only the first bad line and cuts lines at a fixed length; so the lines are given to it
 * by a reader that counts them, adds a line of its own behind every heading, by which the
 * handler learns of it, and hands a long line over in pieces, which inih takes for the
 * continuation lines that files themselves can't have, as leading blanks are skipped.
 */
#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

#define PIECE_BYTES 120u
#define LINE_BYTES 8192u
#define HEADING_BYTES 100

#define NO_SECTION (-1)  /* there was no heading yet */
#define BAD_SECTION (-2) /* there was a wrong one: what follows is skipped */

struct ini_source {
	struct config *config;
	FILE *file;
	char *line; /* the current line, without blanks around it */
	size_t room;
	const char *rest; /* what inih hasn't got yet of it, or NULL */
	unsigned number;
	unsigned errors;      /* of the configuration before the current section */
	int current;          /* section that settings belong to, or one of these: */
	enum setting_id last; /* set by the current line, to be continued */
	bool heading;         /* inih gets the line that makes a heading known */
	bool waiting;         /* the current line has to reach the handler */
	bool binary;          /* this can't be a text file */
};

static void note_add(struct config *c, unsigned line, const char *kind, const char *format,
		     va_list args)
{
	struct note *note = realloc(c->note, (c->notes + 1) * sizeof *note);
	char *text;

	if (!note || vasprintf(&text, format, args) < 0) {
		fputs("l4vm: not enough memory\n", stderr);
		exit(1);
	}
	c->note = note;
	note[c->notes].line = line;
	note[c->notes].order = c->notes;
	note[c->notes].text = text_format("%s%s", kind, text);
	c->notes++;
	free(text);
}

static int note_compare(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void notes_forget(struct config *c)
{
	for (unsigned i = 0; i < c->notes; i++)
		free(c->note[i].text);
	c->notes = 0;
}

void config_report(struct config *c)
{
	if (c->notes)
		qsort(c->note, c->notes, sizeof *c->note, note_compare);
	for (unsigned i = 0; i < c->notes && i < CONFIG_NOTES_MAX; i++) {
		fputs(c->path, c->report);
		if (c->note[i].line)
			fprintf(c->report, ":%u", c->note[i].line);
		fprintf(c->report, ": %s\n", c->note[i].text);
	}
	if (c->notes > CONFIG_NOTES_MAX)
		fprintf(c->report, "%s: and %u more; mend these first\n", c->path,
			c->notes - CONFIG_NOTES_MAX);
	notes_forget(c);
}

void config_error(struct config *c, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note_add(c, line, "", format, args);
	va_end(args);
	c->errors++;
}

void config_warn(struct config *c, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note_add(c, line, "warning: ", format, args);
	va_end(args);
	c->warnings++;
}

struct section *config_find(const struct config *c, const char *name)
{
	for (unsigned i = 1; i < c->sections; i++)
		if (!strcmp(c->section[i].name, name))
			return &c->section[i];
	return NULL;
}

struct section *config_nth(const struct config *c, enum section_kind kind, unsigned n)
{
	for (unsigned i = 0; i < c->sections; i++)
		if (c->section[i].kind == kind && !n--)
			return &c->section[i];
	return NULL;
}

static int section_add(struct config *c, enum section_kind kind, const char *name, unsigned line)
{
	struct section *s = realloc(c->section, (c->sections + 1) * sizeof *s);

	if (!s) {
		config_error(c, line, "not enough memory");
		return BAD_SECTION;
	}
	c->section = s;
	s += c->sections;
	memset(s, 0, sizeof *s);
	s->kind = kind;
	s->line = line;
	snprintf(s->name, sizeof s->name, "%s", name);
	return (int)c->sections++;
}

static bool section_name_is_good(struct config *c, unsigned line, const char *kind,
				 const char *name)
{
	static const char *const taken[] = { "root",  "sigma0",  "console", "serial",
					     "block", "manager", "log" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const struct section *other = config_find(c, name);

	if (!*name) {
		config_error(c, line, "[%s] needs a name; write [%s NAME]", kind, kind);
		return false;
	}
	if (strlen(name) > SECTION_NAME_MAX || name[strspn(name, letters)] ||
	    strchr("._-", *name)) {
		config_error(c, line,
			     "'%s' can't be a name; use 1 to %u letters, digits, '.', '_', '-', "
			     "beginning with a letter or digit",
			     name, SECTION_NAME_MAX);
		return false;
	}
	for (unsigned i = 0; i < sizeof taken / sizeof *taken; i++) {
		if (!strcmp(name, taken[i])) {
			config_error(c, line, "the name '%s' is taken by L4VM itself; use another",
				     name);
			return false;
		}
	}
	if (other) {
		config_error(c, line,
			     "the name '%s' is used in line %u already; give this %s another", name,
			     other->line, kind);
		return false;
	}
	return true;
}

static int system_section(struct config *c, unsigned line, const char *name)
{
	if (*name) {
		config_error(c, line, "[system] takes no name; write [system]");
		return BAD_SECTION;
	}
	if (c->section[0].line) {
		config_error(c, line, "[system] was in line %u already; join the two",
			     c->section[0].line);
		return BAD_SECTION;
	}
	c->section[0].line = line;
	return 0;
}

static void unknown_section(struct config *c, unsigned line, const char *kind)
{
	struct nearest nearest = { .word = kind };

	for (unsigned i = 0; i < SECTION_KINDS; i++)
		nearest_offer(&nearest, section_names[i]);
	if (nearest.best)
		config_error(c, line, "unknown section [%s]; did you mean [%s%s]?", kind,
			     nearest.best, strcmp(nearest.best, "system") ? " NAME" : "");
	else
		config_error(c, line,
			     "unknown section [%s]; there are [system], [vm NAME], [task NAME]",
			     kind);
}

/* A heading "vm NAME": the index of its section. */
static int section_open(struct config *c, unsigned line, const char *heading)
{
	char *text = text_copy(heading);
	char *kind = text + strspn(text, " \t");
	char *name = kind + strcspn(kind, " \t");
	int index = BAD_SECTION;
	unsigned i = 0;

	if (*name)
		*name++ = 0;
	name += strspn(name, " \t");
	for (char *end = name + strlen(name); end > name && strchr(" \t", end[-1]);)
		*--end = 0;
	while (i < SECTION_KINDS && strcmp(kind, section_names[i]))
		i++;
	if (i == SECTION_KINDS)
		unknown_section(c, line, kind);
	else if (i == SECTION_SYSTEM)
		index = system_section(c, line, name);
	else if (section_name_is_good(c, line, section_names[i], name))
		index = section_add(c, (enum section_kind)i, name, line);
	free(text);
	return index;
}

static void unknown_key(struct config *c, unsigned line, const struct section *s, const char *key)
{
	const char *nearest = setting_nearest(s->kind, key);

	if (nearest)
		config_error(c, line, "unknown key '%s'; did you mean '%s'?", key, nearest);
	else
		config_error(c, line, "[%s] has no key '%s'; see l4vm.conf(5)",
			     section_names[s->kind], key);
}

static void setting_assign(struct ini_source *in, const char *key, const char *text)
{
	struct config *c = in->config;
	struct section *s = &c->section[in->current];
	enum setting_id id = setting_find(s->kind, key);
	struct value *v = &s->value[id];

	in->last = SETTINGS;
	if (id == SETTINGS) {
		unknown_key(c, in->number, s, key);
		return;
	}
	if (v->text) {
		config_error(c, in->number, "'%s' was set in line %u already; remove one", key,
			     v->line);
		return;
	}
	v->text = text_copy(text);
	v->line = in->number;
	in->last = id;
}

/* A further piece of a long line. */
static void setting_continue(struct ini_source *in, const char *text)
{
	struct value *v;
	char *joined;

	if (in->last == SETTINGS)
		return;
	v = &in->config->section[in->current].value[in->last];
	joined = text_format("%s%s", v->text, text);
	free(v->text);
	v->text = joined;
}

static int on_setting(void *context, const char *section, const char *key, const char *text)
{
	struct ini_source *in = context;

	if (in->heading) {
		in->current = section_open(in->config, in->number, section);
		in->heading = false;
		return 1;
	}
	if (in->current == NO_SECTION)
		config_error(in->config, in->number,
			     "'%s' comes before the first heading; write [system] or [vm NAME] "
			     "above it",
			     key);
	else if (in->waiting && in->current >= 0)
		setting_assign(in, key, text);
	else if (in->current >= 0)
		setting_continue(in, text);
	in->waiting = false;
	return 1;
}

static bool line_is_printable(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && !strchr("\t\r\n", c)) || c == 0x7f)
			return false;
	}
	return true;
}

/* Takes away blanks around the line, a byte order mark, and a comment. */
static void line_trim(char *line, bool first)
{
	char *start = line + (first && !strncmp(line, "\xef\xbb\xbf", 3) ? 3 : 0);
	size_t length;

	start += strspn(start, " \t\r\n");
	if (*start == ';' || *start == '#')
		*start = 0;
	for (char *c = start; (c = strchr(c, ';')); c++) {
		if (strchr(" \t", c[-1])) {
			*c = 0;
			break;
		}
	}
	length = strlen(start);
	while (length && strchr(" \t\r\n", start[length - 1]))
		length--;
	memmove(line, start, length);
	line[length] = 0;
}

static void section_end(struct ini_source *in)
{
	if (in->current >= 0 && in->config->errors != in->errors)
		in->config->section[in->current].wrong = true;
	in->current = BAD_SECTION;
	in->errors = in->config->errors;
}

/* A heading as inih takes it. */
static bool heading_is_good(struct ini_source *in)
{
	const char *end = strchr(in->line, ']');

	if (end && !end[1] && end - in->line <= HEADING_BYTES)
		return true;
	if (!end)
		config_error(in->config, in->number, "heading without ']'; add one");
	else if (end[1])
		config_error(in->config, in->number,
			     "'%s' behind the heading; put it on a line of its own", end + 1);
	else
		config_error(in->config, in->number, "the heading is too long; shorten it");
	return false;
}

/* Whatever else was found is of no use then. */
static void source_is_binary(struct ini_source *in)
{
	struct config *c = in->config;

	notes_forget(c);
	c->errors = c->warnings = 0;
	config_error(c, in->number, "this isn't a text file: it has a zero byte; name another");
	in->binary = true;
}

static bool line_is_good(struct ini_source *in, size_t length)
{
	struct config *c = in->config;

	if (memchr(in->line, 0, length)) {
		source_is_binary(in);
		return false;
	}
	if (length > LINE_BYTES) {
		config_error(c, in->number, "the line is longer than %u characters; shorten it",
			     LINE_BYTES);
		return false;
	}
	if (!line_is_printable(in->line, length)) {
		config_error(c, in->number, "unprintable character; remove it");
		return false;
	}
	line_trim(in->line, in->number == 1);
	if (*in->line != '[')
		return *in->line;
	section_end(in);
	return heading_is_good(in);
}

/* Fetches the next line that inih shall see; false at the end. */
static bool line_next(struct ini_source *in)
{
	ssize_t length;

	if (in->waiting)
		config_error(in->config, in->number,
			     "neither a [section] nor KEY = VALUE; comments begin with ';'");
	in->waiting = false;
	while (!in->binary && (length = getline(&in->line, &in->room, in->file)) >= 0) {
		in->number++;
		if (!line_is_good(in, (size_t)length))
			continue;
		in->rest = in->line;
		in->last = SETTINGS;
		in->waiting = *in->line != '[';
		return true;
	}
	return false;
}

/* How much of the rest is handed over: pieces neither begin nor end with a blank, nor
 * begin as comments do. */
static size_t piece_length(const char *rest)
{
	size_t length = strlen(rest);

	if (length <= PIECE_BYTES)
		return length;
	for (length = PIECE_BYTES; length > 1; length--)
		if (!strchr(" \t", rest[length - 1]) && !strchr(" \t;#", rest[length]))
			return length;
	return PIECE_BYTES;
}

static char *on_read(char *buffer, int room, void *context)
{
	struct ini_source *in = context;
	bool first;
	size_t length;

	if (in->heading)
		return strcpy(buffer, "=\n");
	if (!in->rest && !line_next(in))
		return NULL;
	first = in->rest == in->line;
	length = piece_length(in->rest);
	snprintf(buffer, (size_t)room, "%s%.*s\n", first ? "" : " ", (int)length, in->rest);
	in->rest = in->rest[length] ? in->rest + length : NULL;
	in->heading = first && *in->line == '[';
	return buffer;
}

static void value_understand(struct config *c, const struct setting *s, struct value *v)
{
	char expected[160] = "";

	if (!*v->text) {
		config_error(c, v->line, "'%s' is empty; give it a value or remove the line",
			     s->key);
		v->bad = true;
	} else if (!setting_parse(s, v->text, &v->number, expected, sizeof expected)) {
		config_error(c, v->line, "%s: '%s' doesn't fit; write %s", s->key, v->text,
			     expected);
		v->bad = true;
	}
	if (!v->bad && (s->type == TYPE_FILE || s->type == TYPE_DISK))
		v->path = path_beside(c->path, v->text);
}

static void section_understand(struct config *c, struct section *s)
{
	unsigned errors = c->errors;

	for (unsigned i = 0; i < SETTINGS; i++) {
		struct value *v = &s->value[i];

		if (settings[i].section != s->kind)
			continue;
		if (!v->text && settings[i].value)
			v->text = text_copy(settings[i].value);
		if (v->text)
			value_understand(c, &settings[i], v);
	}
	s->wrong = s->wrong || c->errors != errors;
}

static void sections_forget(struct config *c)
{
	for (unsigned i = 0; i < c->sections; i++) {
		for (unsigned j = 0; j < SETTINGS; j++) {
			free(c->section[i].value[j].text);
			free(c->section[i].value[j].path);
		}
	}
	c->sections = 0;
}

void config_read_stream(struct config *c, const char *path, FILE *file, FILE *report)
{
	struct ini_source in = {
		.config = c, .file = file, .current = NO_SECTION, .last = SETTINGS
	};

	*c = (struct config){ .path = path, .report = report };
	if (section_add(c, SECTION_SYSTEM, "", 0) < 0)
		return;
	ini_parse_stream(on_read, &in, on_setting, &in);
	section_end(&in);
	if (ferror(file))
		config_error(c, 0, "can't be read: %s", strerror(errno));
	free(in.line);
	if (in.binary)
		sections_forget(c);
	for (unsigned i = 0; i < c->sections; i++)
		section_understand(c, &c->section[i]);
}

/* A device may have no end. */
static bool is_device(FILE *file)
{
	struct stat about;

	return !fstat(fileno(file), &about) && (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode));
}

bool config_read(struct config *c, const char *path, FILE *report)
{
	FILE *file = fopen(path, "r");

	*c = (struct config){ .path = path, .report = report };
	if (!file || is_device(file)) {
		config_error(c, 0, "can't be read: %s", file ? "it is a device" : strerror(errno));
		if (file)
			fclose(file);
		return false;
	}
	config_read_stream(c, path, file, report);
	fclose(file);
	return !c->errors;
}

bool config_load(struct config *c, const char *path, FILE *report)
{
	config_read(c, path, report);
	config_check(c);
	config_report(c);
	return !c->errors;
}

void config_free(struct config *c)
{
	sections_forget(c);
	notes_forget(c);
	free(c->note);
	free(c->section);
	*c = (struct config){ 0 };
}

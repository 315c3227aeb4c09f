/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads and checks a configuration as `l4vm check` does, from memory.  It claims to be in
 * a folder that doesn't exist, so that files that are named in it aren't there.
 */
#define _GNU_SOURCE
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/l4vm/config.h"
#include "tools/l4vm/plan.h"

#define JUDGE_PATH "/nowhere/x.conf"

static bool judge_line(const char *line)
{
	const char *rest = line + strlen(JUDGE_PATH);

	if (strncmp(line, JUDGE_PATH, strlen(JUDGE_PATH)) || *rest != ':')
		return false;
	rest++;
	if (*rest >= '1' && *rest <= '9')
		rest += strspn(rest, "0123456789") + 1;
	return rest[-1] == ':' && rest[0] == ' ' && strlen(rest) > 10;
}

/* Values may have bytes that aren't text, but no line ends. */
static bool judge_report(char *report, unsigned messages)
{
	unsigned lines = 0;
	bool sound = true;

	for (char *line = report, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = 0;
		sound = sound && judge_line(line);
		*end = '\n';
		lines++;
	}
	return sound && lines == (messages > CONFIG_NOTES_MAX ? CONFIG_NOTES_MAX + 1 : messages);
}

void judge(const void *bytes, size_t count, struct judgement *j)
{
	struct config config;
	char *text = NULL;
	size_t length;
	FILE *report = open_memstream(&text, &length);
	FILE *file = count ? fmemopen((void *)(size_t)bytes, count, "r") : fopen("/dev/null", "r");

	config_read_stream(&config, JUDGE_PATH, file, report);
	config_check(&config);
	config_report(&config);
	if (!config.errors)
		plan_pc_bytes(&config);
	fclose(report);
	fclose(file);
	j->errors = config.errors;
	j->warnings = config.warnings;
	j->sections = config.sections;
	snprintf(j->report, sizeof j->report, "%s", text);
	j->sound = judge_report(text, config.errors + config.warnings);
	config_free(&config);
	free(text);
}

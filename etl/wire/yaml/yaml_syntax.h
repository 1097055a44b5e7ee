/*
 * libyaml's complaints in plain words. Internal to wire/yaml.
 */
#ifndef WIRE_YAML_YAML_SYNTAX_H
#define WIRE_YAML_YAML_SYNTAX_H

#include "base/finding.h"
#include "wire/yaml/yaml_source.h"

#include <yaml.h>

/* Adds the error that made yaml_parser_parse() fail to findings. bytes are those that the parser was given.
 */
void yaml_syntax_report(const yaml_parser_t *parser, const struct yaml_source *source,
                        struct findings *findings);

#endif

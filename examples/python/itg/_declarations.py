"""What the headers declare. Made by tests/python/check_headers.py --write; not to be edited."""

# flake8: noqa
from __future__ import annotations

from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Optional, Tuple

# The version of the library whose headers these are.
VERSION = "0.1.0"

ITG_DELIVERY_MESSAGE_SIZE = 256
ITG_LIMIT_CERTIFICATE = 16384
ITG_ROOT_MASTERPROFILES = -14
ITG_ROOT_PROFILES = -2
ITG_ROOT_TEMPLATES = -15
ITG_ROOT_THINCLIENTS = -1
ITG_SESSION_ID_LENGTH = 32
ITG_SHADOW_PASSWORD_SIZE = 37

ERRORS = {
    0x0A001: "THINCLIENT_NOT_FOUND",
    0x0A002: "DIRECTORY_NOT_FOUND",
    0x0A003: "INVALID_COMMAND",
    0x0A004: "INVALID_BODY",
    0x0A005: "INVALID_JSON",
    0x0A006: "DIRECTORY_NOT_EMPTY",
    0x0A007: "NO_MAC",
    0x0A008: "DUPLICATE",
    0x0A009: "NO_FIRMWARE",
    0x0A010: "NUMBER_FORMAT",
    0x0A011: "METHOD_NOT_SUPPORTED",
    0x0A012: "EMPTY_LIST",
    0x0A013: "NO_VALID_PROPERTY",
    0x0A014: "MAC_LENGTH",
    0x0A015: "FIRMWARE_NOT_FOUND",
    0x0A016: "PARENT_NOT_FOUND",
    0x0A017: "DIRECTORY_IN_BIN",
    0x0A018: "THINCLIENT_IN_BIN",
    0x0A019: "INVALID_RECEIVER",
    0x0A020: "NO_HANDLER",
    0x0A021: "INVALID_ASSIGNMENT",
    0x0A022: "PROFILE_IN_BIN",
    0x0A023: "DIRECTORY_HAS_RULE",
    0x0A024: "INVALID_NAME",
    0x0B001: "NO_AUTHENTICATION",
    0x0B002: "INVALID_CREDENTIALS",
    0x0B003: "NO_SESSION",
    0x0B004: "SESSION_NOT_FOUND",
    0x0B005: "ACCESS_DENIED",
    0x0B006: "API_VERSION",
    0x0B007: "NO_USER",
    0x0C001: "LICENSE_REQUIRED",
    0x0C002: "INVALID_IMI_VERSION",
    0xFF001: "INTERNAL",
    0xFF002: "DATABASE",
    0xFF003: "CACHE",
    0xFF004: "NOT_AVAILABLE",
    0xFF005: "OBJECT_MAPPING",
    0xFF006: "OBJECT_TYPE",
}

FUNCTIONS = {
    "itg_access_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "directory_id"), ("itg_access_entry_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_access_explain": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "user"), ("int64_t", "object_id"), ("itg_access_verdict_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_access_of": ("itg_error_t", (("itg_t *", "itg"), ("itg_subject_t", "kind"), ("const char *", "subject"), ("itg_access_entry_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_access_reason_text": ("const char *", (("itg_access_reason_t", "reason"),)),
    "itg_access_rights": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "user"), ("int64_t", "object_id"), ("uint32_t *", "ret_rights"), ("itg_failure_t *", "failure"))),
    "itg_access_set": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "directory_id"), ("itg_subject_t", "kind"), ("const char *", "subject"), ("uint32_t", "allow"), ("uint32_t", "deny"), ("itg_failure_t *", "failure"))),
    "itg_as": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "user"), ("itg_t **", "ret_itg"), ("itg_failure_t *", "failure"))),
    "itg_asset_categories": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_asset_category_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_asset_create": ("itg_error_t", (("itg_t *", "itg"), ("const itg_asset_input_t *", "input"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_asset_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_asset_details": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_asset_detail_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_asset_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("int64_t", "after_id"), ("itg_asset_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_asset_free": ("void", (("itg_asset_t *", "asset"),)),
    "itg_asset_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_asset_t **", "ret_asset"), ("itg_failure_t *", "failure"))),
    "itg_asset_history_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "asset_id"), ("const char *", "unit_id"), ("int64_t", "after_id"), ("itg_asset_history_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_asset_move": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("int64_t", "thinclient_id"), ("int32_t", "on_boot"), ("itg_failure_t *", "failure"))),
    "itg_assignment_create": ("itg_error_t", (("itg_t *", "itg"), ("const itg_assignment_t *", "assignments"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_assignment_delete": ("itg_error_t", (("itg_t *", "itg"), ("const itg_assignment_t *", "assignment"), ("itg_failure_t *", "failure"))),
    "itg_assignment_reaching": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "receiver_type"), ("int64_t", "receiver_id"), ("itg_assignment_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_assignment_receivers": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "profile_type"), ("int64_t", "profile_id"), ("itg_type_t", "receiver_type"), ("itg_assignment_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_attribute_by_identifier": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "identifier"), ("itg_attribute_t **", "ret_attribute"), ("itg_failure_t *", "failure"))),
    "itg_attribute_choices": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_attribute_choice_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_attribute_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "identifier"), ("const char *", "name"), ("itg_attribute_type_t", "type"), ("itg_overwrite_t", "overwrite"), ("const char * const *", "choices"), ("size_t", "count"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_attribute_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_attribute_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "after_id"), ("itg_attribute_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_attribute_free": ("void", (("itg_attribute_t *", "attribute"),)),
    "itg_attribute_report": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("const char *", "identifier"), ("const char *", "value"), ("itg_failure_t *", "failure"))),
    "itg_attribute_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "name"), ("itg_overwrite_t", "overwrite"), ("const char * const *", "choices"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_attribute_values": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("itg_attribute_value_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_audit_each": ("itg_error_t", (("itg_t *", "itg"), ("const itg_audit_filter_t *", "filter"), ("itg_audit_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_audit_prune": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "older_than_ms"), ("int64_t *", "ret_removed"), ("itg_failure_t *", "failure"))),
    "itg_begin": ("itg_error_t", (("itg_t *", "itg"), ("itg_failure_t *", "failure"))),
    "itg_bin_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "after_id"), ("itg_object_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_bin_empty": ("itg_error_t", (("itg_t *", "itg"), ("int64_t *", "ret_objects"), ("itg_failure_t *", "failure"))),
    "itg_bin_purge": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_bin_put": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_bin_restore": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_check": ("itg_error_t", (("itg_t *", "itg"), ("itg_finding_fn", "finding"), ("void *", "ctx"), ("int64_t *", "ret_findings"), ("itg_failure_t *", "failure"))),
    "itg_close": ("void", (("itg_t *", "itg"),)),
    "itg_command_cancel": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "command_id"), ("itg_failure_t *", "failure"))),
    "itg_command_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "command_id"), ("itg_command_entry_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_command_history": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("int64_t", "before_id"), ("itg_command_entry_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_command_queue": ("itg_error_t", (("itg_t *", "itg"), ("itg_command_t", "command"), ("const int64_t *", "ids"), ("size_t", "count"), ("int64_t", "expires_ms"), ("itg_command_queued_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_command_send": ("itg_error_t", (("itg_t *", "itg"), ("itg_command_t", "command"), ("const int64_t *", "ids"), ("size_t", "count"), ("itg_command_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_commit": ("itg_error_t", (("itg_t *", "itg"), ("itg_failure_t *", "failure"))),
    "itg_directory_children": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_object_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_directory_create": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("const char *", "name"), ("int64_t", "parent_id"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_directory_delete": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_directory_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "after_id"), ("itg_object_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_directory_get": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_object_t **", "ret_directory"), ("itg_failure_t *", "failure"))),
    "itg_directory_rename": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("const char *", "name"), ("itg_failure_t *", "failure"))),
    "itg_effective_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("itg_effective_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_effective_explain": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("itg_effective_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_error_at": ("itg_error_t", (("size_t", "index"),)),
    "itg_error_code": ("const char *", (("itg_error_t", "error"),)),
    "itg_error_count": ("size_t", ()),
    "itg_error_from_code": ("itg_error_t", (("const char *", "code"),)),
    "itg_error_http_status": ("int32_t", (("itg_error_t", "error"),)),
    "itg_error_text": ("const char *", (("itg_error_t", "error"),)),
    "itg_export": ("itg_error_t", (("itg_t *", "itg"), ("itg_write_fn", "write"), ("void *", "ctx"), ("itg_progress_fn", "progress"), ("void *", "progress_ctx"), ("itg_fleetfile_counts_t *", "ret_counts"), ("itg_failure_t *", "failure"))),
    "itg_expression_check": ("itg_error_t", (("const char *", "expression"), ("int64_t *", "ret_position"), ("itg_failure_t *", "failure"))),
    "itg_firmware_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "product"), ("const char *", "version"), ("const char *", "type"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_firmware_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "after_id"), ("itg_firmware_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_firmware_free": ("void", (("itg_firmware_t *", "firmware"),)),
    "itg_firmware_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_firmware_t **", "ret_firmware"), ("itg_failure_t *", "failure"))),
    "itg_group_add": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "group"), ("const char *", "user"), ("itg_failure_t *", "failure"))),
    "itg_group_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_group_delete": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("itg_failure_t *", "failure"))),
    "itg_group_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_group_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_group_members": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "group"), ("itg_user_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_group_remove": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "group"), ("const char *", "user"), ("itg_failure_t *", "failure"))),
    "itg_imi_free": ("void", (("itg_imi_t *", "imi"),)),
    "itg_imi_handle": ("itg_imi_response_t *", (("itg_imi_t *", "imi"), ("const itg_imi_request_t *", "request"))),
    "itg_imi_new": ("itg_error_t", (("itg_t *", "itg"), ("const itg_imi_options_t *", "options"), ("itg_imi_t **", "ret_imi"), ("itg_failure_t *", "failure"))),
    "itg_imi_response_free": ("void", (("itg_imi_response_t *", "response"),)),
    "itg_imi_response_header": ("int32_t", (("const itg_imi_response_t *", "response"), ("size_t", "index"), ("const char **", "ret_name"), ("const char **", "ret_value"))),
    "itg_imi_response_read": ("int64_t", (("itg_imi_response_t *", "response"), ("char *", "buf"), ("size_t", "size"))),
    "itg_imi_response_size": ("int64_t", (("const itg_imi_response_t *", "response"),)),
    "itg_imi_response_status": ("int32_t", (("const itg_imi_response_t *", "response"),)),
    "itg_import": ("itg_error_t", (("itg_t *", "itg"), ("itg_read_fn", "read"), ("void *", "ctx"), ("itg_progress_fn", "progress"), ("void *", "progress_ctx"), ("itg_fleetfile_counts_t *", "ret_counts"), ("itg_failure_t *", "failure"))),
    "itg_job_create": ("itg_error_t", (("itg_t *", "itg"), ("const itg_job_spec_t *", "spec"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_job_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_job_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_job_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_job_free": ("void", (("itg_job_t *", "job"),)),
    "itg_job_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_job_t **", "ret_job"), ("itg_failure_t *", "failure"))),
    "itg_job_results": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "run_id"), ("itg_job_result_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_job_run": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("int64_t *", "ret_run_id"), ("itg_failure_t *", "failure"))),
    "itg_job_runs": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_job_run_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_job_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const itg_job_spec_t *", "spec"), ("itg_failure_t *", "failure"))),
    "itg_login": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("const char *", "password"), ("char *", "session_id"), ("itg_failure_t *", "failure"))),
    "itg_login_add": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "username"), ("itg_login_result_t", "result"), ("int64_t", "login_ms"), ("int64_t", "logoff_ms"), ("itg_logon_t", "type"), ("itg_failure_t *", "failure"))),
    "itg_login_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_login_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_login_end": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("int64_t", "logoff_ms"), ("itg_failure_t *", "failure"))),
    "itg_logout": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "session_id"), ("itg_failure_t *", "failure"))),
    "itg_move": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "target_id"), ("itg_move_entry_t *", "entries"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_move_result_name": ("const char *", (("itg_move_result_t", "result"),)),
    "itg_object_free": ("void", (("itg_object_t *", "object"),)),
    "itg_object_type": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_type_t *", "ret_type"), ("itg_failure_t *", "failure"))),
    "itg_open": ("itg_error_t", (("const char *", "path"), ("const itg_options_t *", "options"), ("itg_t **", "ret_itg"), ("itg_failure_t *", "failure"))),
    "itg_password_use": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("const char *", "password"), ("itg_t **", "ret_itg"), ("itg_failure_t *", "failure"))),
    "itg_profile_create": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("const char *", "name"), ("int64_t", "parent_id"), ("int64_t", "firmware_id"), ("int32_t", "overrides_sessions"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_profile_delete": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_profile_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "after_id"), ("itg_profile_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_profile_free": ("void", (("itg_profile_t *", "profile"),)),
    "itg_profile_get": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("itg_profile_t **", "ret_profile"), ("itg_failure_t *", "failure"))),
    "itg_profile_rename": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "id"), ("const char *", "name"), ("itg_failure_t *", "failure"))),
    "itg_property_at": ("const itg_property_t *", (("size_t", "index"),)),
    "itg_rollback": ("itg_error_t", (("itg_t *", "itg"), ("itg_failure_t *", "failure"))),
    "itg_rule_apply": ("itg_error_t", (("itg_t *", "itg"), ("itg_rule_moment_t", "moment"), ("int64_t", "thinclient_id"), ("int32_t", "dry_run"), ("itg_rule_move_fn", "fn"), ("void *", "ctx"), ("int64_t *", "ret_count"), ("itg_failure_t *", "failure"))),
    "itg_rule_create": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "parent_id"), ("int64_t", "position"), ("const char *", "expression"), ("int64_t", "target_id"), ("uint32_t", "flags"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_rule_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_rule_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_rule_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_rule_free": ("void", (("itg_rule_t *", "rule"),)),
    "itg_rule_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_rule_t **", "ret_rule"), ("itg_failure_t *", "failure"))),
    "itg_rule_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("int64_t", "parent_id"), ("int64_t", "position"), ("const char *", "expression"), ("int64_t", "target_id"), ("uint32_t", "flags"), ("itg_failure_t *", "failure"))),
    "itg_session_use": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "session_id"), ("itg_t **", "ret_itg"), ("itg_failure_t *", "failure"))),
    "itg_setting_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "profile_id"), ("itg_setting_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_setting_set": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "profile_id"), ("const char *", "key"), ("const char *", "value"), ("itg_failure_t *", "failure"))),
    "itg_setting_unset": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "type"), ("int64_t", "profile_id"), ("const char *", "key"), ("itg_failure_t *", "failure"))),
    "itg_settings_confirm": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("int64_t", "revision"), ("itg_failure_t *", "failure"))),
    "itg_settings_revision": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "thinclient_id"), ("int64_t *", "ret_revision"), ("int64_t *", "ret_confirmed"), ("itg_failure_t *", "failure"))),
    "itg_shadow_certificate": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("char *", "buf"), ("size_t", "size"), ("size_t *", "ret_length"), ("itg_failure_t *", "failure"))),
    "itg_shadow_password": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("char[37]", "password"), ("itg_failure_t *", "failure"))),
    "itg_shadow_set_certificate": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "certificate"), ("itg_failure_t *", "failure"))),
    "itg_shadow_verify": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "password"), ("itg_failure_t *", "failure"))),
    "itg_step": ("itg_error_t", (("itg_t *", "itg"), ("int64_t *", "ret_next_ms"), ("itg_failure_t *", "failure"))),
    "itg_store_version": ("const char *", (("itg_t *", "itg"),)),
    "itg_template_assign": ("itg_error_t", (("itg_t *", "itg"), ("const itg_template_assignment_t *", "assignments"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_template_assignments": ("itg_error_t", (("itg_t *", "itg"), ("itg_type_t", "receiver_type"), ("int64_t", "receiver_id"), ("itg_template_assignment_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_template_key_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("itg_template_type_t", "type"), ("int64_t", "parent_id"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_template_key_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_template_key_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "after_id"), ("itg_template_key_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_template_key_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_template_key_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_template_unassign": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "receiver_id"), ("int64_t", "key_id"), ("itg_failure_t *", "failure"))),
    "itg_template_value_create": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "key_id"), ("const char *", "value"), ("const char *", "description"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_template_value_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_template_value_each": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "key_id"), ("itg_template_value_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_template_value_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "value"), ("const char *", "description"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_adapters": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_adapter_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_by_mac": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "mac"), ("itg_thinclient_t **", "ret_tc"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_create": ("itg_error_t", (("itg_t *", "itg"), ("const itg_value_t *", "values"), ("size_t", "count"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_delete_online": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_command_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_extent_t", "extent"), ("int64_t", "after_id"), ("itg_thinclient_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_free": ("void", (("itg_thinclient_t *", "tc"),)),
    "itg_thinclient_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_thinclient_t **", "ret_tc"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_online": ("int32_t", (("itg_t *", "itg"), ("int64_t", "id"))),
    "itg_thinclient_select": ("itg_error_t", (("itg_t *", "itg"), ("itg_extent_t", "extent"), ("const char *", "expression"), ("int64_t", "after_id"), ("itg_thinclient_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_set_adapters": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const itg_adapter_t *", "adapters"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_thinclient_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const itg_value_t *", "values"), ("size_t", "count"), ("itg_failure_t *", "failure"))),
    "itg_user_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("itg_role_t", "role"), ("const char *", "password"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_user_delete": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("itg_failure_t *", "failure"))),
    "itg_user_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_user_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_user_set_password": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("const char *", "password"), ("itg_failure_t *", "failure"))),
    "itg_uuid": ("const char *", (("itg_t *", "itg"),)),
    "itg_verdict_text": ("const char *", (("itg_verdict_t", "verdict"),)),
    "itg_version": ("const char *", ()),
    "itg_view_create": ("itg_error_t", (("itg_t *", "itg"), ("const char *", "name"), ("const char *", "expression"), ("int64_t *", "ret_id"), ("itg_failure_t *", "failure"))),
    "itg_view_delete": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_failure_t *", "failure"))),
    "itg_view_each": ("itg_error_t", (("itg_t *", "itg"), ("itg_view_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_view_free": ("void", (("itg_view_t *", "view"),)),
    "itg_view_get": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_view_t **", "ret_view"), ("itg_failure_t *", "failure"))),
    "itg_view_select": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("itg_extent_t", "extent"), ("int64_t", "after_id"), ("itg_thinclient_fn", "fn"), ("void *", "ctx"), ("itg_failure_t *", "failure"))),
    "itg_view_update": ("itg_error_t", (("itg_t *", "itg"), ("int64_t", "id"), ("const char *", "name"), ("const char *", "expression"), ("itg_failure_t *", "failure"))),
}

CALLBACKS = {
    "itg_access_entry_fn": ("int32_t", (("void *", "ctx"), ("const itg_access_entry_t *", "entry"))),
    "itg_access_verdict_fn": ("int32_t", (("void *", "ctx"), ("const itg_access_verdict_t *", "verdict"))),
    "itg_adapter_fn": ("int32_t", (("void *", "ctx"), ("const itg_adapter_t *", "adapter"))),
    "itg_asset_category_fn": ("int32_t", (("void *", "ctx"), ("const itg_asset_category_t *", "category"))),
    "itg_asset_detail_fn": ("int32_t", (("void *", "ctx"), ("const itg_asset_detail_t *", "detail"))),
    "itg_asset_fn": ("int32_t", (("void *", "ctx"), ("const itg_asset_t *", "asset"))),
    "itg_asset_history_fn": ("int32_t", (("void *", "ctx"), ("const itg_asset_history_t *", "entry"))),
    "itg_assignment_fn": ("int32_t", (("void *", "ctx"), ("const itg_assignment_t *", "assignment"), ("int32_t", "position"))),
    "itg_attribute_choice_fn": ("int32_t", (("void *", "ctx"), ("const char *", "choice"))),
    "itg_attribute_fn": ("int32_t", (("void *", "ctx"), ("const itg_attribute_t *", "attribute"))),
    "itg_attribute_value_fn": ("int32_t", (("void *", "ctx"), ("const itg_attribute_t *", "attribute"), ("const char *", "value"))),
    "itg_audit_fn": ("int32_t", (("void *", "ctx"), ("const itg_audit_t *", "entry"))),
    "itg_clock.now_ms": ("int64_t", (("void *", "ctx"),)),
    "itg_command_entry_fn": ("int32_t", (("void *", "ctx"), ("const itg_command_entry_t *", "entry"))),
    "itg_command_fn": ("int32_t", (("void *", "ctx"), ("const itg_command_result_t *", "result"))),
    "itg_command_queued_fn": ("int32_t", (("void *", "ctx"), ("int64_t", "thinclient_id"), ("int64_t", "command_id"))),
    "itg_effective_fn": ("int32_t", (("void *", "ctx"), ("const itg_effective_t *", "setting"))),
    "itg_finding_fn": ("void", (("void *", "ctx"), ("const char *", "finding"))),
    "itg_firmware_fn": ("int32_t", (("void *", "ctx"), ("const itg_firmware_t *", "firmware"))),
    "itg_group_fn": ("int32_t", (("void *", "ctx"), ("const itg_group_t *", "group"))),
    "itg_job_fn": ("int32_t", (("void *", "ctx"), ("const itg_job_t *", "job"))),
    "itg_job_result_fn": ("int32_t", (("void *", "ctx"), ("const itg_job_result_t *", "result"))),
    "itg_job_run_fn": ("int32_t", (("void *", "ctx"), ("const itg_job_run_t *", "run"))),
    "itg_licence.allows": ("int32_t", (("void *", "ctx"), ("const char *", "feature"))),
    "itg_link.online": ("int32_t", (("void *", "ctx"), ("int64_t", "id"))),
    "itg_link.send": ("void", (("void *", "ctx"), ("itg_delivery_t *", "deliveries"), ("size_t", "count"))),
    "itg_log.line": ("void", (("void *", "ctx"), ("itg_log_level_t", "level"), ("const char *", "text"))),
    "itg_login_fn": ("int32_t", (("void *", "ctx"), ("const itg_login_t *", "login"))),
    "itg_object_fn": ("int32_t", (("void *", "ctx"), ("const itg_object_t *", "object"))),
    "itg_profile_fn": ("int32_t", (("void *", "ctx"), ("const itg_profile_t *", "profile"))),
    "itg_progress_fn": ("void", (("void *", "ctx"), ("int64_t", "elements"))),
    "itg_read_fn": ("int64_t", (("void *", "ctx"), ("char *", "buf"), ("size_t", "size"))),
    "itg_rule_fn": ("int32_t", (("void *", "ctx"), ("const itg_rule_t *", "rule"))),
    "itg_rule_move_fn": ("void", (("void *", "ctx"), ("const itg_rule_move_t *", "move"))),
    "itg_setting_fn": ("int32_t", (("void *", "ctx"), ("const itg_setting_t *", "setting"))),
    "itg_template_assignment_fn": ("int32_t", (("void *", "ctx"), ("const itg_template_assignment_t *", "assignment"))),
    "itg_template_key_fn": ("int32_t", (("void *", "ctx"), ("const itg_template_key_t *", "key"))),
    "itg_template_value_fn": ("int32_t", (("void *", "ctx"), ("const itg_template_value_t *", "value"))),
    "itg_thinclient_fn": ("int32_t", (("void *", "ctx"), ("const itg_thinclient_t *", "tc"))),
    "itg_user_fn": ("int32_t", (("void *", "ctx"), ("const itg_user_t *", "user"))),
    "itg_view_fn": ("int32_t", (("void *", "ctx"), ("const itg_view_t *", "view"))),
    "itg_write_fn": ("int32_t", (("void *", "ctx"), ("const char *", "bytes"), ("size_t", "size"))),
}

STRUCTS = {
    "itg_access_entry": (
        ("int64_t", "directory_id"), ("itg_subject_t", "kind"), ("int64_t", "subject_id"), ("const char *", "subject"),
        ("uint32_t", "allow"), ("uint32_t", "deny"),
    ),
    "itg_access_verdict": (
        ("itg_right_t", "right"), ("int32_t", "allowed"), ("itg_access_reason_t", "reason"), ("int64_t", "directory_id"),
        ("itg_subject_t", "kind"), ("const char *", "subject"),
    ),
    "itg_adapter": (
        ("const char *", "type"), ("const char *", "mac"), ("const char *", "name"), ("const char *", "state"),
    ),
    "itg_asset": (
        ("int64_t", "id"), ("int64_t", "thinclient_id"), ("const char *", "unique_id"), ("const char *", "connector"),
        ("const char *", "name"), ("const char *", "vendor"), ("const char *", "device_id"),
    ),
    "itg_asset_category": (
        ("int64_t", "id"), ("const char *", "name"),
    ),
    "itg_asset_detail": (
        ("int64_t", "attribute_id"), ("const char *", "key"), ("const char *", "value"), ("const char *", "type"),
    ),
    "itg_asset_history": (
        ("int64_t", "id"), ("int64_t", "asset_id"), ("const char *", "unit_id"), ("int64_t", "time_ms"),
        ("itg_asset_event_t", "event"),
    ),
    "itg_asset_input": (
        ("size_t", "size"), ("int64_t", "thinclient_id"), ("int32_t", "on_boot"), ("const char *", "unique_id"),
        ("const char *", "connector"), ("const char *", "name"), ("const char *", "vendor"), ("const char *", "device_id"),
        ("const char * const *", "categories"), ("size_t", "category_count"), ("const itg_asset_detail_t *", "details"),
        ("size_t", "detail_count"),
    ),
    "itg_assignment": (
        ("int64_t", "assignee_id"), ("itg_type_t", "assignee_type"), ("int64_t", "receiver_id"), ("itg_type_t", "receiver_type"),
    ),
    "itg_attribute": (
        ("int64_t", "id"), ("const char *", "identifier"), ("const char *", "name"), ("itg_attribute_type_t", "type"),
        ("itg_overwrite_t", "overwrite"),
    ),
    "itg_audit": (
        ("int64_t", "id"), ("int64_t", "time_ms"), ("const char *", "actor"), ("const char *", "operation"),
        ("const char *", "object_type"), ("int64_t", "object_id"), ("const char *", "object_name"), ("const char *", "before"),
        ("const char *", "after"),
    ),
    "itg_audit_filter": (
        ("size_t", "size"), ("int64_t", "from_ms"), ("int64_t", "until_ms"), ("const char *", "actor"), ("int64_t", "object_id"),
        ("const char *", "operation"), ("int64_t", "after_id"), ("int32_t", "newest_first"), ("int64_t", "limit"),
    ),
    "itg_clock": (
        ("size_t", "size"), ("itg_clock.now_ms", "now_ms"), ("void *", "ctx"),
    ),
    "itg_command_entry": (
        ("int64_t", "id"), ("int64_t", "thinclient_id"), ("itg_command_t", "command"), ("itg_command_state_t", "state"),
        ("int64_t", "queued_ms"), ("int64_t", "sent_ms"), ("int64_t", "ended_ms"), ("int64_t", "expires_ms"),
        ("const char *", "message"), ("const char *", "actor"),
    ),
    "itg_command_result": (
        ("int64_t", "id"), ("const char *", "mac"), ("int64_t", "time_ms"), ("int32_t", "successful"), ("const char *", "message"),
    ),
    "itg_delivery": (
        ("int64_t", "id"), ("itg_command_t", "command"), ("const char *", "mac"), ("const char *", "last_ip"), ("int32_t", "done"),
        ("char[256]", "message"),
    ),
    "itg_effective": (
        ("const char *", "key"), ("const char *", "value"), ("int64_t", "profile_id"), ("itg_type_t", "profile_type"),
        ("int64_t", "receiver_id"), ("itg_type_t", "receiver_type"), ("int32_t", "distance"), ("int32_t", "instance"),
        ("itg_verdict_t", "verdict"), ("int64_t", "winner_id"), ("const char *", "unfilled"),
    ),
    "itg_failure": (
        ("itg_error_t", "code"), ("int64_t", "time_ms"), ("char[1024]", "message"), ("char[512]", "detail"),
        ("char[256]", "trace"),
    ),
    "itg_firmware": (
        ("int64_t", "id"), ("const char *", "product"), ("const char *", "version"), ("const char *", "type"),
    ),
    "itg_fleetfile_counts": (
        ("int64_t", "firmwares"), ("int64_t", "directories"), ("int64_t", "thinclients"), ("int64_t", "profiles"),
        ("int64_t", "assignments"), ("int64_t", "device_attributes"), ("int64_t", "assets"), ("int64_t", "asset_history"),
        ("int64_t", "templates"), ("int64_t", "template_assignments"), ("int64_t", "views"), ("int64_t", "rules"),
    ),
    "itg_group": (
        ("int64_t", "id"), ("const char *", "name"), ("int64_t", "members"),
    ),
    "itg_imi_options": (
        ("size_t", "size"), ("const char *", "server_name"), ("int32_t", "plain_http"), ("int32_t", "hide_trace"),
        ("size_t", "max_body"), ("int32_t", "trusted"),
    ),
    "itg_imi_request": (
        ("size_t", "size"), ("const char *", "method"), ("const char *", "target"), ("const char *", "host"),
        ("const char *", "authorization"), ("const char *", "cookie"), ("const char *", "content_type"), ("const char *", "body"),
        ("size_t", "body_size"), ("const char *", "peer"),
    ),
    "itg_job": (
        ("int64_t", "id"), ("const char *", "name"), ("int32_t", "command"), ("int32_t", "disabled"),
        ("const int64_t *", "thinclients"), ("size_t", "thinclient_count"), ("const int64_t *", "directories"),
        ("size_t", "directory_count"), ("const char *", "expression"), ("int64_t", "start_ms"), ("int64_t", "every_s"),
        ("uint32_t", "weekdays"), ("int64_t", "expires_ms"), ("int64_t", "owner_id"), ("int64_t", "due_ms"),
    ),
    "itg_job_result": (
        ("int64_t", "thinclient_id"), ("const char *", "mac"), ("int64_t", "time_ms"), ("const char *", "message"),
    ),
    "itg_job_run": (
        ("int64_t", "id"), ("int64_t", "job_id"), ("int32_t", "state"), ("int64_t", "due_ms"), ("int64_t", "started_ms"),
        ("int64_t", "ended_ms"), ("int64_t", "actor_id"), ("int64_t", "missed"), ("int64_t", "total"), ("int64_t", "succeeded"),
        ("int64_t", "failed"), ("int64_t", "refused"), ("int32_t", "error"), ("const char *", "message"),
    ),
    "itg_job_spec": (
        ("size_t", "size"), ("const char *", "name"), ("int32_t", "command"), ("int32_t", "disabled"),
        ("const int64_t *", "thinclients"), ("size_t", "thinclient_count"), ("const int64_t *", "directories"),
        ("size_t", "directory_count"), ("const char *", "expression"), ("int64_t", "start_ms"), ("int64_t", "every_s"),
        ("uint32_t", "weekdays"), ("int64_t", "expires_ms"),
    ),
    "itg_licence": (
        ("size_t", "size"), ("itg_licence.allows", "allows"), ("void *", "ctx"),
    ),
    "itg_link": (
        ("size_t", "size"), ("itg_link.online", "online"), ("itg_link.send", "send"), ("void *", "ctx"),
    ),
    "itg_log": (
        ("size_t", "size"), ("itg_log.line", "line"), ("void *", "ctx"),
    ),
    "itg_login": (
        ("const char *", "username"), ("itg_login_result_t", "result"), ("int64_t", "login_ms"), ("int64_t", "logoff_ms"),
        ("itg_logon_t", "type"),
    ),
    "itg_move_entry": (
        ("int64_t", "id"), ("itg_type_t", "type"), ("itg_move_result_t", "result"),
    ),
    "itg_object": (
        ("int64_t", "id"), ("itg_type_t", "type"), ("const char *", "name"), ("int64_t", "parent_id"), ("int32_t", "in_bin"),
    ),
    "itg_options": (
        ("size_t", "size"), ("int32_t", "durability"), ("int32_t", "busy_timeout_ms"), ("int64_t", "session_lifetime_ms"),
        ("int32_t", "must_exist"), ("int32_t", "wake_port"), ("const char *", "wake_broadcast"), ("int32_t", "wake_no_unicast"),
        ("const itg_clock_t *", "clock"), ("const itg_log_t *", "log"), ("const itg_link_t *", "link"),
        ("const itg_licence_t *", "licence"), ("int64_t", "audit_keep_ms"),
    ),
    "itg_profile": (
        ("int64_t", "id"), ("itg_type_t", "type"), ("const char *", "name"), ("int64_t", "parent_id"), ("int32_t", "in_bin"),
        ("int64_t", "firmware_id"), ("int32_t", "overrides_sessions"),
    ),
    "itg_property": (
        ("const char *", "key"), ("const char *", "column"), ("itg_kind_t", "kind"), ("itg_facet_t", "facet"),
        ("itg_access_t", "access"), ("size_t", "offset"),
    ),
    "itg_rule": (
        ("int64_t", "id"), ("int64_t", "parent_id"), ("int64_t", "position"), ("const char *", "expression"),
        ("int64_t", "target_id"), ("uint32_t", "flags"),
    ),
    "itg_rule_move": (
        ("int64_t", "thinclient_id"), ("int64_t", "rule_id"), ("int64_t", "from_id"), ("int64_t", "to_id"),
    ),
    "itg_setting": (
        ("const char *", "key"), ("const char *", "value"),
    ),
    "itg_template_assignment": (
        ("int64_t", "receiver_id"), ("itg_type_t", "receiver_type"), ("int64_t", "key_id"), ("int64_t", "value_id"),
    ),
    "itg_template_key": (
        ("int64_t", "id"), ("const char *", "name"), ("itg_template_type_t", "type"), ("int64_t", "parent_id"),
    ),
    "itg_template_value": (
        ("int64_t", "id"), ("const char *", "value"), ("const char *", "description"), ("int64_t", "key_id"),
        ("const char *", "key_name"), ("itg_template_type_t", "type"),
    ),
    "itg_user": (
        ("int64_t", "id"), ("const char *", "name"), ("itg_role_t", "role"),
    ),
    "itg_value": (
        ("const char *", "key"), ("const char *", "value"),
    ),
    "itg_view": (
        ("int64_t", "id"), ("const char *", "name"), ("const char *", "expression"),
    ),
}


class Access(IntEnum):
    """itg_access_t"""

    TREE = 0
    CREATE = 1
    UPDATE = 2
    DEVICE = 3


class AccessReason(IntEnum):
    """itg_access_reason_t"""

    BY_NOBODY = 1
    BY_HOST = 2
    BY_ROLE = 3
    BY_ENTRY = 4
    BY_DENIAL = 5
    NEEDS_BROWSE = 6
    NEEDS_READ = 7


class AssetEvent(IntEnum):
    """itg_asset_event_t"""

    ADDED = 1
    REMOVED = 2
    ADDED_ON_BOOT = 3
    REMOVED_ON_BOOT = 4


class AttributeType(IntEnum):
    """itg_attribute_type_t"""

    STRING = 1
    NUMBER = 2
    DATE = 3
    RANGE = 4


class Command(IntEnum):
    """itg_command_t"""

    REBOOT = 1
    SHUTDOWN = 2
    WAKEUP = 3
    SETTINGS2TC = 4
    TCRESET2FACDEFS = 5
    FORGET = 6


class CommandState(IntEnum):
    """itg_command_state_t"""

    QUEUED = 1
    SENT = 2
    CONFIRMED = 3
    FAILED = 4
    EXPIRED = 5


class Durability(IntEnum):
    """itg_durability_t"""

    FULL = 0
    NORMAL = 1


class Extent(IntEnum):
    """itg_extent_t"""

    SHORT = 0
    DETAILS = 1


class Facet(IntEnum):
    """itg_facet_t"""

    HEAD = 0
    DETAIL = 1
    TAIL = 2


class Kind(IntEnum):
    """itg_kind_t"""

    TEXT = 0
    ID = 1
    COUNT = 2
    INT = 3
    REAL = 4
    BOOL = 5
    MINUTE = 6
    MILLIS = 7
    SECOND = 8


class LogLevel(IntEnum):
    """itg_log_level_t"""

    ERROR = 0
    WARNING = 1
    INFO = 2


class LoginResult(IntEnum):
    """itg_login_result_t"""

    OK = 0
    FAILED = 1
    USER_NOT_FOUND = 2
    INVALID_PASSWORD = 3
    PASSWORD_EXPIRED = 4
    NO_LICENCE = 5
    THINCLIENT_UNKNOWN = 6


class Logon(IntEnum):
    """itg_logon_t"""

    UNKNOWN = 0
    SWP = 1
    KERBEROS = 2
    CITRIX = 3


class MoveResult(IntEnum):
    """itg_move_result_t"""

    SUCCESSFUL = 0
    DOES_NOT_EXIST = 1
    IN_RECYCLE_BIN = 2
    WRONG_TYPE = 3
    INTO_ITSELF = 4


class Overwrite(IntEnum):
    """itg_overwrite_t"""

    ALL = 1
    SERVER = 2
    DEVICES = 3


class Right(IntFlag):
    """itg_right_t"""

    BROWSE = 1
    READ = 2
    WRITE = 4
    MOVE = 8
    ASSIGN = 16
    COMMAND = 32
    SHADOW = 64
    CONTROL = 128
    ALL = 255


class Role(IntEnum):
    """itg_role_t"""

    VIEWER = 1
    OPERATOR = 2
    ADMINISTRATOR = 3


class RuleFlag(IntFlag):
    """itg_rule_flag_t"""

    OVERRIDE_MEMBERSHIP = 1
    AT_BOOT = 2
    LEAVE_BELOW = 4


class RuleMoment(IntEnum):
    """itg_rule_moment_t"""

    AT_REGISTRATION = 1
    ON_BOOT = 2
    ON_DEMAND = 3


class RunState(IntEnum):
    """itg_run_state_t"""

    RUNNING = 1
    DONE = 2
    FAILED = 3
    INTERRUPTED = 4
    MISSED = 5


class Subject(IntEnum):
    """itg_subject_t"""

    USER = 1
    GROUP = 2


class TemplateType(IntEnum):
    """itg_template_type_t"""

    STRING = 1
    INTEGER = 2
    FLOAT = 3
    BOOLEAN = 4


class Type(IntEnum):
    """itg_type_t"""

    THINCLIENT = 1
    THINCLIENT_DIRECTORY = 2
    PROFILE = 3
    PROFILE_DIRECTORY = 4
    MASTERPROFILE = 5
    MASTERPROFILE_DIRECTORY = 6


class Verdict(IntEnum):
    """itg_verdict_t"""

    APPLIES = 0
    MASTER = 1
    FARTHER = 2
    NEARER = 3
    LOWER_ID = 4
    REPLACED = 5
    UNFILLED = 6
    TOO_LONG = 7


class Weekday(IntFlag):
    """itg_weekday_t"""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 4
    THURSDAY = 8
    FRIDAY = 16
    SATURDAY = 32
    SUNDAY = 64


class AccessEntryRecord:
    """itg_access_entry_t"""

    directory_id: int
    kind: Subject
    subject_id: int
    subject: str
    allow: Right
    deny: Right


class AccessVerdictRecord:
    """itg_access_verdict_t"""

    right: Right
    allowed: bool
    reason: AccessReason
    directory_id: int
    kind: Subject
    subject: str


class AdapterRecord:
    """itg_adapter_t"""

    type: str
    mac: str
    name: str
    state: str


class AssetRecord:
    """itg_asset_t"""

    id: int
    thinclient_id: int
    unique_id: str
    connector: str
    name: str
    vendor: str
    device_id: str


class AssetCategoryRecord:
    """itg_asset_category_t"""

    id: int
    name: str


class AssetDetailRecord:
    """itg_asset_detail_t"""

    attribute_id: int
    key: str
    value: str
    type: str


class AssetHistoryRecord:
    """itg_asset_history_t"""

    id: int
    asset_id: int
    unit_id: str
    time: Optional[datetime]
    event: AssetEvent


class AssignmentRecord:
    """itg_assignment_t"""

    assignee_id: int
    assignee_type: Type
    receiver_id: int
    receiver_type: Type


class AttributeRecord:
    """itg_attribute_t"""

    id: int
    identifier: str
    name: str
    type: AttributeType
    overwrite: Overwrite


class AuditRecord:
    """itg_audit_t"""

    id: int
    time: Optional[datetime]
    actor: str
    operation: str
    object_type: str
    object_id: int
    object_name: str
    before: str
    after: str


class CommandEntryRecord:
    """itg_command_entry_t"""

    id: int
    thinclient_id: int
    command: Command
    state: CommandState
    queued: Optional[datetime]
    sent: Optional[datetime]
    ended: Optional[datetime]
    expires: Optional[datetime]
    message: str
    actor: str


class CommandResultRecord:
    """itg_command_result_t"""

    id: int
    mac: str
    time: Optional[datetime]
    successful: bool
    message: str


class EffectiveRecord:
    """itg_effective_t"""

    key: str
    value: str
    profile_id: int
    profile_type: Type
    receiver_id: int
    receiver_type: Type
    distance: int
    instance: int
    verdict: Verdict
    winner_id: int
    unfilled: str


class FirmwareRecord:
    """itg_firmware_t"""

    id: int
    product: str
    version: str
    type: str


class CountsRecord:
    """itg_fleetfile_counts_t"""

    firmwares: int
    directories: int
    thinclients: int
    profiles: int
    assignments: int
    device_attributes: int
    assets: int
    asset_history: int
    templates: int
    template_assignments: int
    views: int
    rules: int


class GroupRecord:
    """itg_group_t"""

    id: int
    name: str
    members: int


class JobRecord:
    """itg_job_t"""

    id: int
    name: str
    command: Command
    disabled: bool
    thinclients: Tuple[int, ...]
    directories: Tuple[int, ...]
    expression: str
    start: Optional[datetime]
    every_s: int
    weekdays: Weekday
    expires: Optional[datetime]
    owner_id: int
    due: Optional[datetime]


class JobResultRecord:
    """itg_job_result_t"""

    thinclient_id: int
    mac: str
    time: Optional[datetime]
    message: str


class JobRunRecord:
    """itg_job_run_t"""

    id: int
    job_id: int
    state: RunState
    due: Optional[datetime]
    started: Optional[datetime]
    ended: Optional[datetime]
    actor_id: int
    missed: int
    total: int
    succeeded: int
    failed: int
    refused: int
    error: int
    message: str


class LoginRecord:
    """itg_login_t"""

    username: str
    result: LoginResult
    login: Optional[datetime]
    logoff: Optional[datetime]
    type: Logon


class ObjectRecord:
    """itg_object_t"""

    id: int
    type: Type
    name: str
    parent_id: int
    in_bin: bool


class ProfileRecord:
    """itg_profile_t"""

    id: int
    type: Type
    name: str
    parent_id: int
    in_bin: bool
    firmware_id: int
    overrides_sessions: bool


class RuleRecord:
    """itg_rule_t"""

    id: int
    parent_id: int
    position: int
    expression: str
    target_id: int
    flags: RuleFlag


class RuleMoveRecord:
    """itg_rule_move_t"""

    thinclient_id: int
    rule_id: int
    from_id: int
    to_id: int


class TemplateAssignmentRecord:
    """itg_template_assignment_t"""

    receiver_id: int
    receiver_type: Type
    key_id: int
    value_id: int


class TemplateKeyRecord:
    """itg_template_key_t"""

    id: int
    name: str
    type: TemplateType
    parent_id: int


class TemplateValueRecord:
    """itg_template_value_t"""

    id: int
    value: str
    description: str
    key_id: int
    key_name: str
    type: TemplateType


class UserRecord:
    """itg_user_t"""

    id: int
    name: str
    role: Role


class ViewRecord:
    """itg_view_t"""

    id: int
    name: str
    expression: str


class ThinclientProperties:
    """itg_thinclient_t"""

    __slots__ = ()

    unit_id: str
    mac: str
    firmware_id: int
    last_ip: str
    network_name: str
    site: str
    department: str
    cost_center: str
    comment: str
    asset_id: str
    inservice_date: str
    serial_number: str
    product_id: str
    ums_structural_tag: str
    cpu_speed: int
    cpu_type: str
    device_type: str
    device_serial_number: str
    os_type: str
    flash_size: int
    memory_size: int
    network_speed: int
    duplex_mode: str
    graphics_chipset0: str
    graphics_memory_size0: int
    graphics_chipset1: str
    graphics_memory_size1: int
    monitor_vendor1: str
    monitor_model1: str
    monitor_serialnumber1: str
    monitor_size1: float
    monitor_native_resolution1: str
    monitor1_year_of_manufacture: str
    monitor1_week_of_manufacture: str
    monitor_vendor2: str
    monitor_model2: str
    monitor_serialnumber2: str
    monitor_size2: float
    monitor_native_resolution2: str
    monitor2_year_of_manufacture: str
    monitor2_week_of_manufacture: str
    bios_vendor: str
    bios_version: str
    bios_date: str
    total_usagetime: int
    total_uptime: int
    last_boottime: Optional[datetime]
    last_contact: Optional[datetime]
    config_changes: str
    registration_date: Optional[datetime]
    is_registered: bool
    is_via_proxy: bool
    last_user: str
    battery_level: int
    id: int
    name: str
    parent_id: int
    in_bin: bool

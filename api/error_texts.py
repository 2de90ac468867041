"""Sentences for the errors that are not ours: HTTP's own, and those of pydantic's validation."""

from __future__ import annotations

HTTP_TEXTS: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求无法识别，请检查格式。", "The request cannot be understood; check its form."),
    404: ("not_found", "没有这个地址。", "There is nothing at this address."),
    405: ("method_not_allowed", "此地址不接受这种请求方法。", "This address does not take this method."),
    409: (
        "conflicts_with_stored",
        "与刚刚保存的内容冲突，请刷新后再试。",
        "This conflicts with what was just stored: reload and try again.",
    ),
    413: ("too_large", "上传内容过大。", "The upload is too large."),
    415: ("wrong_content_type", "请求的内容类型不受支持。", "This content type is not supported."),
    416: ("range_not_satisfiable", "请求的范围不存在。", "The range asked for does not exist."),
    422: ("invalid_input", "输入的值无法处理。", "A value of the input cannot be processed."),
    429: ("too_many_tries", "请求过于频繁，请稍后再试。", "Too many requests; try again later."),
    500: ("internal_error", "服务器内部错误，请把请求编号告诉管理员。", "Internal error."),
    503: ("unavailable", "服务暂时不可用，请稍后再试。", "The service is not available just now; try again."),
}
"""Status -> code, sentence in Chinese, sentence in English."""

FIELD_TEXTS: dict[str, str] = {
    "missing": "缺少必填项",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符合要求",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，例如 2020-06-18",
    "date_parsing": "应为日期，例如 2020-06-18",
    "date_type": "应为日期，例如 2020-06-18",
    "datetime_parsing": "应为带时区的时刻，例如 2020-06-18T09:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时刻，例如 2020-06-18T09:00:00+08:00",
    "timezone_aware": "须带时区，例如 2020-06-18T09:00:00+08:00",
    "uuid_parsing": "应为 UUID",
    "uuid_type": "应为 UUID",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "literal_error": "应为以下之一：{expected}",
    "enum": "应为以下之一：{expected}",
    "extra_forbidden": "没有这个参数",
    "union_tag_invalid": "未知的类型：{tag}",
    "union_tag_not_found": "缺少类型字段 {discriminator}",
    "value_error": "值不符合要求",
}
"""Pydantic's error type -> sentence in Chinese with its limits."""

OTHER_FIELD_TEXT = "值不符合要求"

"""The OpenAPI document is valid, whole, and made without a warning."""

from pathlib import Path

from django.core.management import call_command
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename


def test_the_document_is_valid_and_without_warnings(tmp_path: Path) -> None:
    target = tmp_path / "openapi.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    document, _ = read_from_filename(str(target))
    validate(document)
    paths = document["paths"]
    for path, methods in {
        "/api/v1/time": {"get"},
        "/api/v1/instruments": {"get"},
        "/api/v1/depth/{symbol}": {"get"},
        "/api/v1/trades/{symbol}": {"get"},
        "/api/v1/tickers": {"get"},
        "/api/v1/candles/{symbol}": {"get"},
        "/api/v1/account": {"get"},
        "/api/v1/accounts": {"post"},
        "/api/v1/transfers": {"get", "post"},
        "/api/v1/transfers/{transfer_id}": {"get"},
        "/api/v1/balances": {"get"},
        "/api/v1/orders": {"get", "post", "delete"},
        "/api/v1/orders/batch": {"post"},
        "/api/v1/orders/{order_id}": {"get", "delete"},
        "/api/v1/order-lists": {"get", "post", "delete"},
        "/api/v1/order-lists/{list_id}": {"get", "delete"},
        "/api/v1/fills": {"get"},
        "/api/v1/statement": {"get"},
    }.items():
        assert methods <= paths[path].keys()
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["operationId"] and operation["summary"], (method, path)
            assert operation.get("description"), (method, path)

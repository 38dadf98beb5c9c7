"""The first Python SDK: RPC v1 signatures in the query, requests by name."""

import json

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest


def call(sandbox, action, **parameters):
    host, port = sandbox["authority"].split(":")
    client = AcsClient(
        sandbox["accessKeyId"],
        sandbox["accessKeySecret"],
        "cn-hangzhou",
        port=int(port),
        verify=sandbox["ca"],
    )
    request = CommonRequest(domain=host, version="2016-04-28", action_name=action)
    request.set_protocol_type("https")
    request.set_method("POST")
    for name, value in parameters.items():
        request.add_query_param(name, value)
    return json.loads(client.do_action_with_exception(request))


def refusal(sandbox, action, **parameters):
    try:
        call(sandbox, action, **parameters)
    except ServerException as error:
        return error.get_error_code(), error.get_http_status()
    raise AssertionError(f"{action} was expected to be refused")

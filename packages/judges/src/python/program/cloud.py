"""The typed clients of all products, and what the judge needs around them."""

import json
import time

from alibabacloud_cbn20170912 import models as cbn_models
from alibabacloud_cbn20170912.client import Client as Cbn
from alibabacloud_cs20151215 import models as cs_models
from alibabacloud_cs20151215.client import Client as Cs
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_servicemesh20200111 import models as mesh_models
from alibabacloud_servicemesh20200111.client import Client as ServiceMesh
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models as vpc_models
from alibabacloud_vpc20160428.client import Client as Vpc

from shapes import shape_faults

DEADLINE_SECONDS = 60

# Fields that this SDK's models do not have, and another official client reads.
READ_BY_OTHERS = {
    # The terraform provider's `options` block.
    "ListTransitRouterVpcAttachments.TransitRouterAttachments[].Options",
}


def verdict(name, ok, detail=None):
    """One line for the judge; `detail` is what was seen when it was not what was expected."""
    line = {"name": name, "ok": bool(ok), "detail": None if ok else detail}
    print(json.dumps(line), flush=True)


def until(what, ask):
    """Asks until the answer is truthy."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.02)


class Product:
    """One typed client. Its operations are called by the names of the API, with the SDK's parameter names."""

    def __init__(self, client, models, cloud):
        self.client = client
        self.models = models
        self.cloud = cloud
        self.methods = {
            name.replace("_", ""): name for name in dir(client) if name[0] != "_"
        }
        self.raw = None
        call_api = client.call_api

        def recorded(params, request, runtime):
            answer = call_api(params, request, runtime)
            self.raw = answer.get("body")
            return answer

        client.call_api = recorded

    def model(self, kind, /, **fields):
        """A request or a part of one; a field that the SDK does not know is a TypeError."""
        return getattr(self.models, kind)(**fields)

    def call(self, action, /, *ids, **fields):
        method = getattr(self.client, self.methods[action.lower()])
        request = getattr(self.models, f"{action}Request", None)
        body = method(*ids, *([request(**fields)] if request else [])).body
        self.cloud.compared.add(action)
        self.cloud.faults.update(
            fault
            for fault in shape_faults(self.raw, body, action)
            if fault.split(" ")[0] not in READ_BY_OTHERS
        )
        return body

    def refusal(self, action, /, *ids, **fields):
        """The code and the HTTP status of the error that the call must end with."""
        try:
            self.call(action, *ids, **fields)
        except Exception as error:  # the SDKs' error classes share no base
            code = getattr(error, "code", None)
            if code is None:
                raise
            status = getattr(error, "status_code", None)
            return code, status or (error.data or {}).get("statusCode")
        raise AssertionError(f"{action} was expected to be refused")


class Cloud:
    def __init__(self, sandbox):
        config = Config(
            access_key_id=sandbox["accessKeyId"],
            access_key_secret=sandbox["accessKeySecret"],
            region_id="cn-hangzhou",
            endpoint=sandbox["authority"],
            protocol="https",
        )
        self.compared = set()
        self.faults = set()
        self.vpc = Product(Vpc(config), vpc_models, self)
        self.ecs = Product(Ecs(config), ecs_models, self)
        self.cbn = Product(Cbn(config), cbn_models, self)
        self.cs = Product(Cs(config), cs_models, self)
        self.mesh = Product(ServiceMesh(config), mesh_models, self)

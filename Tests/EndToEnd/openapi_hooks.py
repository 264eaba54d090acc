"""What schemathesis must not do while it asks: take away its own way in. It loads this file, see test_openapi.py."""

import os

import schemathesis

OWN = {
    "/api/v1/tokens/{id}": ("id", os.environ["QUANYU_OWN_TOKEN"], "987654321"),
    "/api/v1/users/{name}": ("name", os.environ["QUANYU_OWN_USER"], "nobody"),
}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Who would be removed and is the one who asks is somebody else."""
    if case.method.upper() == "DELETE" and case.path in OWN:
        parameter, own, other = OWN[case.path]
        if str(case.path_parameters.get(parameter)) == own:
            case.path_parameters[parameter] = other

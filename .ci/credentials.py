"""Whether Terraform will find credentials of Google's, looked up where it looks: asked before minutes are spent on bundles."""

import os
import sys
import urllib.request
from http.client import HTTPException
from pathlib import Path

IN_ENVIRONMENT = ("GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON")
FILE = "GOOGLE_APPLICATION_CREDENTIALS"
METADATA_SECONDS = 1.0


def found() -> bool:
    if any(os.environ.get(name) for name in IN_ENVIRONMENT):
        return True
    if named := os.environ.get(FILE):
        return Path(named).is_file()
    folder = os.environ.get("CLOUDSDK_CONFIG") or Path.home() / ".config" / "gcloud"
    return (Path(folder) / "application_default_credentials.json").is_file() or _on_a_machine_of_google()


def _on_a_machine_of_google() -> bool:
    host = os.environ.get("GCE_METADATA_HOST") or "169.254.169.254"
    asked = urllib.request.Request(f"http://{host}/", headers={"Metadata-Flavor": "Google"})
    try:
        with urllib.request.urlopen(asked, timeout=METADATA_SECONDS) as answer:
            return bool(answer.headers.get("Metadata-Flavor") == "Google")
    except (OSError, HTTPException):
        return False


if __name__ == "__main__":
    if not found():
        missing = f"the file that {FILE} names" if os.environ.get(FILE) else "Google's credentials"
        sys.exit(f"deploy-plan: expected {missing}, found none: gcloud auth application-default login")

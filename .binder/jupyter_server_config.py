"""Opens the dashboard beside JupyterLab, at the address .../workbench/."""

c.ServerProxy.servers = {  # noqa: F821 (Jupyter gives c)
    "workbench": {
        "command": [
            "workbench",
            "serve",
            "--port",
            "{port}",
            "--prefix",
            "{base_url}workbench",
            # who has passed Jupyter's token is in, whatever the host is called
            "--allow-websocket-origin",
            "*",
        ],
        "absolute_url": True,  # pages know the prefix that they are served under
        "timeout": 90,
        "launcher_entry": {"title": "workbench"},
    }
}

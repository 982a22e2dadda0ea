"""The process between a host and the daemon, and the installer of the host plug-ins."""

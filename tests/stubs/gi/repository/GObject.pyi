from enum import IntFlag

class ParamFlags(IntFlag):
    READWRITE = ...

class ParamSpec:
    def get_name(self) -> str: ...

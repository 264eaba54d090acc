#include "include/CADBC.h"

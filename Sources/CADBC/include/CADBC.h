#ifndef QUANYU_CADBC_H
#define QUANYU_CADBC_H
#endif

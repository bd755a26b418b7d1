/* What a demonstration fleet is made of: places, people, hardware and software. */
#ifndef ITG__CLI_DEMO_DATA_H
#define ITG__CLI_DEMO_DATA_H

#include <stddef.h>
#include <stdint.h>

struct demo_city {
    const char *name;
    const char *code; /* in device names and asset ids */
};

struct demo_country {
    const char *name;
    const struct demo_city *cities;
    size_t count;
};

struct demo_region {
    const char *name;
    const struct demo_country *countries;
    size_t count;
};

struct demo_department {
    const char *name;
    const char *cost_center;
};

struct demo_firmware {
    const char *product;
    const char *version;
    const char *type;
};

/* A model of thin client. All numbers as a device reports them: MHz, MiB, Mbit/s. */
struct demo_model {
    const char *mac_prefix; /* the vendor's, 6 hex digits */
    const char *product_id;
    const char *device_type;
    const char *serial_prefix;
    const char *cpu_type;
    int cpu_speed;
    int memory_size;
    int flash_size;
    const char *graphics_chipset0;
    int graphics_memory_size0;
    const char *graphics_chipset1;
    int graphics_memory_size1;
    int network_speed;
    const char *bios_vendor;
    const char *bios_version;
    const char *bios_date;
    int firmware_first; /* the firmwares it runs, by index into demo_firmwares */
    int firmware_count;
    int share;   /* of 100 thin clients, how many are of this model */
    int battery; /* 1: a mobile device */
};

struct demo_monitor {
    const char *vendor;
    const char *model;
    const char *serial_prefix;
    double size; /* inches */
    const char *resolution;
};

struct demo_topic {
    const char *directory; /* where profiles about it are kept */
    const char *name;
};

extern const struct demo_region demo_regions[];
extern const size_t demo_region_count;
extern const struct demo_department demo_departments[];
extern const size_t demo_department_count;
extern const struct demo_firmware demo_firmwares[];
extern const size_t demo_firmware_count;
extern const struct demo_model demo_models[];
extern const size_t demo_model_count;
extern const struct demo_monitor demo_monitors[];
extern const size_t demo_monitor_count;
/* Topics of one directory stand together. */
extern const struct demo_topic demo_topics[];
extern const size_t demo_topic_count;
extern const struct demo_topic demo_master_topics[];
extern const size_t demo_master_topic_count;
extern const char *const demo_buildings[];
extern const size_t demo_building_count;
extern const char *const demo_given_names[];
extern const size_t demo_given_name_count;
extern const char *const demo_family_names[];
extern const size_t demo_family_name_count;
extern const char *const demo_comments[];
extern const size_t demo_comment_count;

#endif

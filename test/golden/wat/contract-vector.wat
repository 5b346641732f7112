(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  local.get 0
  local.get 1
  i32.load offset=12
  i32.add
  i32.load
  local.set 5
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 6
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 7
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 8
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 9
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 10
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 11
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 12
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 13
  i32.const 10
  local.set 14
  local.get 2
  local.set 15
  local.get 3
  local.set 16
  loop
    local.get 15
    v128.load32_zero
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=40 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=80 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=120 3
    local.set 26
    local.get 26
    local.set 17
    local.get 15
    v128.load32_zero offset=160
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=200 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=240 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=280 3
    local.set 26
    local.get 26
    local.set 18
    local.get 15
    v128.load32_zero offset=320
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=360 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=400 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=440 3
    local.set 26
    local.get 26
    local.set 19
    local.get 15
    v128.load32_zero offset=480
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=520 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=560 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=600 3
    local.set 26
    local.get 26
    local.set 20
    local.get 15
    v128.load32_zero offset=640
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=680 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=720 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=760 3
    local.set 26
    local.get 26
    local.set 21
    local.get 15
    v128.load32_zero offset=800
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=840 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=880 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=920 3
    local.set 26
    local.get 26
    local.set 22
    local.get 15
    v128.load32_zero offset=960
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1000 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1040 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1080 3
    local.set 26
    local.get 26
    local.set 23
    local.get 15
    v128.load32_zero offset=1120
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1160 1
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1200 2
    local.set 26
    local.get 15
    local.get 26
    v128.load32_lane offset=1240 3
    local.set 26
    local.get 26
    local.set 24
    local.get 16
    v128.load32_splat
    local.set 25
    local.get 6
    local.get 25
    local.get 17
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 7
    local.get 25
    local.get 18
    f32x4.mul
    f32x4.add
    local.set 7
    local.get 8
    local.get 25
    local.get 19
    f32x4.mul
    f32x4.add
    local.set 8
    local.get 9
    local.get 25
    local.get 20
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 25
    local.get 21
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 25
    local.get 22
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 12
    local.get 25
    local.get 23
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 25
    local.get 24
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 15
    i32.const 4
    i32.add
    local.set 15
    local.get 16
    i32.const 4
    i32.add
    local.set 16
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 4
  local.get 6
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store
  local.get 4
  local.get 7
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=16
  local.get 4
  local.get 8
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=32
  local.get 4
  local.get 9
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=48
  local.get 4
  local.get 10
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=64
  local.get 4
  local.get 11
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=80
  local.get 4
  local.get 12
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=96
  local.get 4
  local.get 13
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  v128.store offset=112
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 6
  i32.const 10
  local.set 14
  local.get 2
  local.set 15
  local.get 3
  local.set 16
  loop
    local.get 15
    v128.load32_zero offset=1280
    local.set 9
    local.get 15
    local.get 9
    v128.load32_lane offset=1320 1
    local.set 9
    local.get 15
    local.get 9
    v128.load32_lane offset=1360 2
    local.set 9
    local.get 9
    local.set 7
    local.get 16
    v128.load32_splat
    local.set 8
    local.get 6
    local.get 8
    local.get 7
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 15
    i32.const 4
    i32.add
    local.set 15
    local.get 16
    i32.const 4
    i32.add
    local.set 16
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 6
  local.get 5
  f32.load
  f32x4.splat
  f32x4.add
  local.set 7
  local.get 4
  local.get 7
  v128.store64_lane offset=128 0
  local.get 4
  local.get 7
  v128.store32_lane offset=136 2
  i32.const 0
)
